/** How a NAT maps and filters, in the terms of RFC 4787. */

/** What a mapping (§4.1) or a filter (§5) depends on, in addition to the inside address and port. */
export type Dependence = "endpoint-independent" | "address-dependent" | "address-and-port-dependent";

/** The behaviour of a NAT. */
export interface NatBehaviour {
  /** RFC 4787 §4.1: for which remote endpoints an inside address and port keep the same outer port. */
  readonly mapping: Dependence;
  /** RFC 4787 §5: which remote endpoints may send to a mapping. */
  readonly filtering: Dependence;
}

/** Names of the four kinds of RFC 3489 §5, which are still in common use. */
export type NatPreset = "full-cone" | "address-restricted" | "port-restricted" | "symmetric";

/** The four kinds in the terms of RFC 4787. */
export const NAT_PRESETS: Readonly<Record<NatPreset, NatBehaviour>> = {
  "full-cone": { mapping: "endpoint-independent", filtering: "endpoint-independent" },
  "address-restricted": { mapping: "endpoint-independent", filtering: "address-dependent" },
  "port-restricted": { mapping: "endpoint-independent", filtering: "address-and-port-dependent" },
  symmetric: { mapping: "address-and-port-dependent", filtering: "address-and-port-dependent" },
};

/** The part of a remote endpoint that counts, as one number. */
export function remoteKey(dependence: Dependence, address: number, port: number): number {
  if (dependence === "endpoint-independent") return 0;
  return (address >>> 0) * 65_536 + (dependence === "address-dependent" ? 0 : port);
}

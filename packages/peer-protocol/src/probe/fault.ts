/** Why a packet is not taken as a probe; stable. */
export type ProbeFault =
  | "not-a-probe"
  | "wrong-size"
  | "wrong-checksum"
  | "unknown-version"
  | "wrong-number"
  | "turned-round"
  | "wrong-pair"
  | "wrong-address"
  | "wrong-mac"
  | "replayed"
  | "unknown-nonce"
  | "too-late"
  | "wrong-relay";

/**
 * A sentence for humans for each fault. The last four are for the machines that keep nonces and relays; they stand here
 * so that both peers count under the same names.
 */
export const PROBE_FAULTS: Readonly<Record<ProbeFault, string>> = {
  "not-a-probe": "The packet is no ICMPv6 echo message with a probe in it.",
  "wrong-size": "The probe does not have the one length that probes have.",
  "wrong-checksum": "The ICMPv6 checksum is wrong.",
  "unknown-version": "The probe is of another version.",
  "wrong-number": "The message number does not fit the ICMPv6 type, or is none.",
  "turned-round": "The probe goes in the other direction: somebody sent it back.",
  "wrong-pair": "The probe is about another pair.",
  "wrong-address": "The probe has other addresses than the pair.",
  "wrong-mac": "The MAC is wrong: no end of the pair has made it.",
  replayed: "The nonce has been used before.",
  "unknown-nonce": "The nonce is none that was sent.",
  "too-late": "The probe came too late.",
  "wrong-relay": "The probe came through another relay than the one asked.",
};

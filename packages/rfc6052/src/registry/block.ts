/**
 * One entry of the IANA special-purpose address registries. Columns and their meaning: RFC 6890 §2.2.1, with
 * "Globally Reachable" as RFC 8190 §2.1 renamed it. `null` is an empty or "N/A" cell.
 */
export interface SpecialPurposeBlock {
  /** `address/length`. */
  readonly block: string;
  readonly name: string;
  /** The document that defines the entry. */
  readonly rfc: string;
  /** Valid as the source of a packet that transits two devices. */
  readonly source: boolean | null;
  /** Valid as the destination of a packet that transits two devices. */
  readonly destination: boolean | null;
  /** A router may forward it between external interfaces. */
  readonly forwardable: boolean | null;
  /** Forwardable beyond an administrative domain. */
  readonly globallyReachable: boolean | null;
  /** Reserved by IP itself: every implementation must treat it specially. */
  readonly reservedByProtocol: boolean | null;
}

/** Five cells in the order of the registry: source, destination, forwardable, globally reachable, reserved. */
export type Flags = `${Cell}${Cell}${Cell}${Cell}${Cell}`;
type Cell = "T" | "F" | "-";

/** One row of a registry, flags written as five letters so that the table reads like IANA's. */
export function row(block: string, name: string, rfc: string, flags: Flags): SpecialPurposeBlock {
  const [source, destination, forwardable, globallyReachable, reservedByProtocol] = [...flags].map((cell) =>
    cell === "-" ? null : cell === "T",
  );
  return { block, name, rfc, source, destination, forwardable, globallyReachable, reservedByProtocol };
}

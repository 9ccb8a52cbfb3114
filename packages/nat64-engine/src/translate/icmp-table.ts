/**
 * The translation of ICMP errors: one row for each type and code (RFC 7915 §4.2, §5.2). Errors without a row are dropped.
 */

/** The content of the second word of the header. */
export type IcmpParameter = "unused" | "mtu" | "pointer" | "next-header-pointer";

/** One kind of error. `code` "any" stands for all codes; then the code does not change. */
export interface IcmpErrorRow {
  readonly type: number;
  readonly code: number | "any";
  readonly toType: number;
  readonly toCode: number;
  readonly parameter: IcmpParameter;
}

const row = (
  type: number,
  code: number | "any",
  toType: number,
  toCode: number,
  parameter: IcmpParameter = "unused",
): IcmpErrorRow => ({ type, code, toType, toCode, parameter });

/** ICMPv4 to ICMPv6 (RFC 7915 §4.2). */
export const ICMPV4_ROWS: readonly IcmpErrorRow[] = [
  row(3, 0, 1, 0), // net unreachable: no route
  row(3, 1, 1, 0), // host unreachable
  row(3, 2, 4, 1, "next-header-pointer"), // protocol unreachable: unrecognized Next Header
  row(3, 3, 1, 4), // port unreachable
  row(3, 4, 2, 0, "mtu"), // fragmentation needed: Packet Too Big
  row(3, 5, 1, 0), // source route failed
  row(3, 6, 1, 0), // destination network unknown
  row(3, 7, 1, 0), // destination host unknown
  row(3, 8, 1, 0), // source host isolated
  row(3, 9, 1, 1), // network administratively prohibited
  row(3, 10, 1, 1), // host administratively prohibited
  row(3, 11, 1, 0), // network unreachable for this Type of Service
  row(3, 12, 1, 0), // host unreachable for this Type of Service
  row(3, 13, 1, 1), // communication administratively prohibited
  row(3, 15, 1, 1), // precedence cutoff in effect
  row(11, "any", 3, 0), // time exceeded
  row(12, 0, 4, 0, "pointer"), // pointer indicates the error
  row(12, 2, 4, 0, "pointer"), // bad length
];

/** ICMPv6 to ICMPv4 (RFC 7915 §5.2). */
export const ICMPV6_ROWS: readonly IcmpErrorRow[] = [
  row(1, 0, 3, 1), // no route: host unreachable
  row(1, 1, 3, 10), // administratively prohibited
  row(1, 2, 3, 1), // beyond scope of source address
  row(1, 3, 3, 1), // address unreachable
  row(1, 4, 3, 3), // port unreachable
  row(2, "any", 3, 4, "mtu"), // Packet Too Big, whose code a receiver ignores (RFC 4443 §3.2)
  row(3, "any", 11, 0), // time exceeded
  row(4, 0, 12, 0, "pointer"), // erroneous header field
  row(4, 1, 3, 2), // unrecognized Next Header: protocol unreachable
];

/** The rows by type and code, for the packet path. */
export class IcmpErrorTable {
  readonly #rows: readonly IcmpErrorRow[];
  /** Index of the row plus one for each `type << 8 | code`. */
  readonly #index: Uint8Array = new Uint8Array(16 << 8);

  constructor(rows: readonly IcmpErrorRow[]) {
    this.#rows = rows;
    rows.forEach(({ type, code }, i) => {
      if (code === "any") this.#index.fill(i + 1, type << 8, (type + 1) << 8);
      else this.#index[(type << 8) | code] = i + 1;
    });
  }

  /** The row of a type and code; undefined to drop the error. */
  find(type: number, code: number): IcmpErrorRow | undefined {
    const found = type < 16 ? this.#index[(type << 8) | code] : 0;
    return found === 0 ? undefined : this.#rows[found - 1];
  }
}

/** {@link ICMPV4_ROWS}, compiled. */
export const icmpv4Errors: IcmpErrorTable = new IcmpErrorTable(ICMPV4_ROWS);

/** {@link ICMPV6_ROWS}, compiled. */
export const icmpv6Errors: IcmpErrorTable = new IcmpErrorTable(ICMPV6_ROWS);

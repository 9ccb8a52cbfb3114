/**
 * Which destinations an exit allows (design: "exit policy"): rows of IPv4 networks with protocols and ports. The IPv4 peer
 * enforces it. The IPv6 peer uses it to know which private addresses are published.
 */

/** One row. Protocol 0 stands for every protocol; ports are inclusive and 0 … 65535 for every port. */
export interface ExitPolicyRow {
  readonly network: number;
  /** Prefix length, 0 … 32. */
  readonly length: number;
  /** IPv4 protocol number (1, 6, 17), or 0. */
  readonly protocol: number;
  readonly firstPort: number;
  readonly lastPort: number;
}

const WORDS = 5;

/** The maximum number of rows of a policy. */
export const MAX_POLICY_ROWS = 64;

/** Compiled rows. {@link allows} allocates nothing. */
export class ExitPolicy {
  readonly #rows: Int32Array;

  /** Throws a RangeError for more than {@link MAX_POLICY_ROWS} rows. */
  constructor(rows: readonly ExitPolicyRow[]) {
    if (rows.length > MAX_POLICY_ROWS) throw new RangeError(`A policy has at most ${MAX_POLICY_ROWS} rows.`);
    this.#rows = Int32Array.from(
      rows.flatMap(({ network, length, protocol, firstPort, lastPort }) => {
        const mask = length === 0 ? 0 : -1 << (32 - length);
        return [network & mask, mask, protocol, firstPort, lastPort];
      }),
    );
  }

  /** Whether a row covers the address, protocol and port. For ICMP the port is ignored. */
  allows(address: number, protocol: number, port: number): boolean {
    const rows = this.#rows;
    for (let at = 0; at < rows.length; at += WORDS) {
      if ((address & rows[at + 1]) !== rows[at]) continue;
      if (rows[at + 2] !== 0 && rows[at + 2] !== protocol) continue;
      if (protocol === 1 || (port >= rows[at + 3] && port <= rows[at + 4])) return true;
    }
    return false;
  }
}

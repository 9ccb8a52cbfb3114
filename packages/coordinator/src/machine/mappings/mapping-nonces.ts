/** Which mapping nonce went to which mapping, for as long as it counts. */
import { isSameBytes } from "../bytes.ts";
import { TIMES } from "../limits/limits.ts";

/** Router Advertisements that are remembered for one peer; it sends a handful in 30 s. */
const MOST = 16;

interface Sent {
  readonly address: number;
  readonly port: number;
  readonly nonce: Uint8Array;
  readonly at: number;
}

export class MappingNonces {
  #sent: readonly Sent[] = [];

  /** A Router Advertisement with this nonce goes to this mapping. */
  add(address: number, port: number, nonce: Uint8Array, now: number): void {
    this.#sent = [
      ...this.#sent.filter(({ at }) => now - at < TIMES.mappingNonce).slice(1 - MOST),
      { address, port, nonce, at: now },
    ];
  }

  /** Whether it went there, and not too long ago. */
  has(address: number, port: number, nonce: Uint8Array, now: number): boolean {
    return this.#sent.some(
      (sent) =>
        sent.address === (address | 0) &&
        sent.port === port &&
        now - sent.at < TIMES.mappingNonce &&
        isSameBytes(sent.nonce, nonce),
    );
  }
}

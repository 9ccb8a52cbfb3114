/** Which mapping nonce was sent to which mapping, for as long as it is valid. */
import { isSameSecret } from "@nat64/peer-protocol";
import { TIMES } from "../limits/times.ts";

/** How many Router Advertisements are remembered per peer; a peer solicits a few times in 30 s. */
const MAX_NONCES = 16;

interface Sent {
  readonly address: number;
  readonly port: number;
  readonly nonce: Uint8Array;
  /** Milliseconds. */
  readonly at: number;
}

export class MappingNonces {
  #sent: readonly Sent[] = [];

  /** Records a Router Advertisement with this nonce to this mapping. @param address an int32 word */
  add(address: number, port: number, nonce: Uint8Array, now: number): void {
    this.#sent = [
      ...this.#sent.filter(({ at }) => now - at < TIMES.mappingNonceMs).slice(1 - MAX_NONCES),
      { address, port, nonce, at: now },
    ];
  }

  /** Whether this nonce was sent to this mapping recently enough. */
  has(address: number, port: number, nonce: Uint8Array, now: number): boolean {
    return this.#sent.some(
      (sent) =>
        sent.address === (address | 0) &&
        sent.port === port &&
        now - sent.at < TIMES.mappingNonceMs &&
        isSameSecret(sent.nonce, nonce),
    );
  }
}

/** Recognises the datagrams that prove a prefix among clients' packets (PROTOCOL.md §11). */
import {
  type Challenge,
  PREFIX_PROOF_LENGTH,
  PREFIX_PROOF_PORT,
  PREFIX_PROOFS,
  parsePrefixProof,
  toBase64url,
} from "@nat64/peer-protocol";
import { compilePool, type Pool, parseIPv6 } from "@nat64/rfc6052";
import { get16, get32 } from "@nat64/rfc6052/bytes";

const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const UDP = 17;
const LENGTH = IPV6_HEADER + UDP_HEADER + PREFIX_PROOF_LENGTH;

/** The nonces of one challenge. */
export class PrefixProofs {
  readonly #pool: Pool;
  readonly #source: readonly number[];
  readonly #sourcePort: number;
  readonly #nonces: (string | undefined)[] = new Array(PREFIX_PROOFS).fill(undefined);

  constructor({ prefix, source, sourcePort }: Challenge) {
    this.#pool = compilePool(prefix);
    this.#source = parseIPv6(source);
    this.#sourcePort = sourcePort;
  }

  /** Whether the packet is one of the datagrams; if so, keeps its nonce. All other packets are from clients. */
  take(bytes: Uint8Array, at: number, length: number): boolean {
    if (length !== LENGTH || bytes[at] >>> 4 !== 6 || bytes[at + 6] !== UDP) return false;
    for (let word = 0; word < 4; word++) if (get32(bytes, at + 8 + 4 * word) !== this.#source[word]) return false;
    if (!this.#pool.matches(get32(bytes, at + 24), get32(bytes, at + 28), get32(bytes, at + 32))) return false;
    const udp = at + IPV6_HEADER;
    if (get16(bytes, udp) !== this.#sourcePort || get16(bytes, udp + 2) !== PREFIX_PROOF_PORT) return false;
    const proof = parsePrefixProof(bytes.subarray(udp + UDP_HEADER, at + length));
    if (proof === undefined) return false;
    this.#nonces[proof.index] = toBase64url(proof.nonce);
    return true;
  }

  /** The nonces in order, when all have arrived. */
  get nonces(): readonly string[] | undefined {
    return this.#nonces.every((nonce) => nonce !== undefined) ? this.#nonces : undefined;
  }
}

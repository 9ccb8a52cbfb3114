/** A pair at the IPv4 peer: the agreement of both sides, and the current address. */
import { bytesOfBase64url, type HeldPair, type Offer, type PairKeys, type ProbeEnds } from "@nat64/peer-protocol";
import { bytesOf, formatIPv6, type IPv6Words, parseCidr, wordsOf } from "@nat64/rfc6052";
import { EventWindow } from "@nat64/teredo/limits";
import { ANSWERS_PER_SECOND } from "../options.ts";
import type { PairSet } from "../outputs.ts";
import type { RelayValidation } from "../relays/relay-validation.ts";

export class V4Pair {
  /** Pair id, base64url. */
  readonly id: string;
  readonly place: number;
  /** Id of the IPv6 peer. */
  readonly peer: string;
  readonly prefix: string;
  readonly selector: number;
  readonly keys: PairKeys;
  readonly answerRate: EventWindow = new EventWindow(ANSWERS_PER_SECOND);
  /** The deadline for the coordinator's `pair`; `Infinity` after it has arrived. */
  agreementDeadline: number;
  /** The current Teredo address, sixteen bytes, and the responder for probes to it. */
  teredo: Uint8Array | undefined;
  validation: RelayValidation | undefined;
  isUp = false;
  /** When the next `path` report is due. */
  reportAt: number = Number.POSITIVE_INFINITY;
  /** The limit that the coordinator sets, in bits per second. */
  bandwidth: number | undefined;
  /** When our own drain ends the pair. */
  drainedAt: number = Number.POSITIVE_INFINITY;
  /** Whether it ends with its path, because the coordinator has given up the other end. */
  isOrphan = false;

  constructor(offer: Offer, place: number, peer: string, keys: PairKeys, agreementDeadline: number) {
    this.id = offer.pair;
    this.place = place;
    this.peer = peer;
    this.prefix = offer.prefix;
    this.selector = offer.selector;
    this.keys = keys;
    this.agreementDeadline = agreementDeadline;
  }

  /** The first three words of `P:e::/96`. */
  get prefixWords(): readonly [number, number, number] {
    const { words } = parseCidr(this.prefix) as { readonly words: IPv6Words };
    return [words[0], words[1], words[2] | this.selector];
  }

  /** The Teredo address in text. */
  get address(): string | undefined {
    return this.teredo === undefined ? undefined : formatIPv6(wordsOf(this.teredo));
  }

  /** The pair's data for the packet path, at a Teredo address. */
  setAt(teredo: Uint8Array): PairSet {
    const { place, prefixWords: prefix, bandwidth } = this;
    const limit = bandwidth !== undefined && { bandwidth };
    return { kind: "pair-set", place, teredo: wordsOf(teredo), prefix, ...limit };
  }

  /** The pair's data for probes, at a Teredo address. */
  endsAt(teredo: Uint8Array): ProbeEnds {
    const { words } = parseCidr(this.prefix) as { readonly words: IPv6Words };
    // P:ffff::1 (design §3).
    const v6 = bytesOf([words[0], words[1], words[2] | 0xffff, 1]);
    return { pair: bytesOfBase64url(this.id), v6, v4: teredo, keys: this.keys };
  }

  /** The entry for the next registration; `undefined` while there is no address. */
  get asField(): HeldPair | undefined {
    const { id, peer, address } = this;
    return address === undefined ? undefined : { pair: id, peer, address };
  }
}

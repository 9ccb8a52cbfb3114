/** Which peers may enrol (PROTOCOL.md, `hello`). */
import type { CryptoSuite, Hello } from "@nat64/peer-protocol";
import { toBase64url } from "@nat64/peer-protocol";

/** `open`: everyone; `invite`: peers with an invite or on the list; `list`: peers on the list. */
export type EnrolmentMode = "open" | "invite" | "list";

export interface EnrolmentOptions {
  readonly mode: EnrolmentMode;
  /** Peer ids. */
  readonly peers: readonly string[];
  /** Each invite works for every peer that knows it. */
  readonly invites: readonly string[];
}

/** Invites are stored and looked up as hashes, so that the time of a look-up reveals nothing about them. */
export class Enrolment {
  readonly #mode: EnrolmentMode;
  readonly #peers: ReadonlySet<string>;
  readonly #invites: ReadonlySet<string>;
  readonly #suite: Pick<CryptoSuite, "sha256">;

  constructor({ mode, peers, invites }: EnrolmentOptions, suite: Pick<CryptoSuite, "sha256">) {
    this.#mode = mode;
    this.#suite = suite;
    this.#peers = new Set(peers);
    this.#invites = new Set(invites.map((invite) => this.#hashOf(invite)));
  }

  /** Whether the peer with this id may enrol with this `hello`. */
  allows(peerId: string, { invite }: Pick<Hello, "invite">): boolean {
    if (this.#mode === "open" || this.#peers.has(peerId)) return true;
    return this.#mode === "invite" && invite !== undefined && this.#invites.has(this.#hashOf(invite));
  }

  #hashOf(invite: string): string {
    return toBase64url(this.#suite.sha256(Uint8Array.from(invite, (character) => character.charCodeAt(0))));
  }
}

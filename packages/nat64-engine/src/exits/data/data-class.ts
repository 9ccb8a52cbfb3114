import { MAX_PEER_EXITS } from "../exit-numbers.ts";

/** Kinds of data that an exit may carry or lose separately. The first two equal the protocol numbers of the state. */
export const DataKind = { tcp: 0, udp: 1, largeSent: 2, largeReceived: 3 } as const;

/** Names of the kinds, by number. */
export type DataKindName = "tcp" | "udp" | "large-to-servers" | "large-from-servers";

export const DATA_KIND_NAMES: readonly DataKindName[] = ["tcp", "udp", "large-to-servers", "large-from-servers"];

/** Number of kinds. */
export const KINDS = 4;

/** The kinds that are protocols. */
export const DATA_CLASSES = 2;

/** The local exit and all peer exits. */
export const EXITS: number = MAX_PEER_EXITS + 1;

/** A flow that is unanswered for this long counts against its exit. Teredo and DNS resolvers may take more than a second. */
export const UNANSWERED_MS = 2000;

/** What is this old says nothing about now: clients gave up, or went elsewhere. */
export const STALE_MS = 30_000;

/** Bits that are set in a word. */
export function bitsOf(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

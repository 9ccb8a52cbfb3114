/**
 * A letter's sentences in one language. Each value is a paragraph; `{name}` is filled in by `compose-letter.ts`, which
 * says which paragraphs go into which letter. A further language is a further file with these keys, and a line in
 * `index.ts`; a test holds all files to the same keys and the same names in braces.
 *
 * They are sent in somebody's name: what stands here has to be true whenever `compose-letter.ts` uses it.
 */
export interface LetterText {
  /** The language, in itself. */
  readonly language: string;
  readonly subject: string;
  readonly greeting: string;
  /** Part of the greeting: where a complaint has them. */
  readonly atPort: string;
  readonly atBarePort: string;
  readonly atTime: string;

  /** IPv6: what such an address is, and for which IPv4 address it stands. */
  readonly isTranslated: string;
  /** Whoever received packets from it has sent some to the prefix before. */
  readonly ownChoice: string;
  readonly terms: string;
  readonly termsAt: string;
  readonly termsEnclosed: string;
  /** A global IPv4 address: who answers for content. */
  readonly askOwner: string;
  /** It is an address of the same translator's pool: another client. */
  readonly isOwnPool: string;

  /** An IPv4 address that is not global, under an exit's own selector. */
  readonly isPublished: string;
  readonly askIPv4Peer: string;
  readonly ipv4PeerKnown: string;
  readonly ipv4PeerUnknown: string;

  /** An IPv4 address that is not global, and no exit's. */
  readonly isNeverTranslated: string;
  /** P:ffff::1. */
  readonly isTranslator: string;
  /** Reserved selectors, and the rest of P:ffff::/96. */
  readonly isUnused: string;

  /** A Teredo address of an IPv4 peer. */
  readonly isTeredo: string;

  /** An IPv4 address of the pool, of the host that masquerades, or of an IPv4 peer. */
  readonly isShared: string;
  readonly isExit: string;
  readonly isStaticBinding: string;
  readonly clientsChoice: string;
  readonly wasInUse: string;
  readonly wasNotInUse: string;
  readonly clientNotRecorded: string;
  readonly clientRecorded: string;
  readonly needsTimeAndPort: string;
  readonly noLog: string;

  /** From an IPv4 peer's owner. */
  /** In place of the address, where it is not known. */
  readonly yourAddress: string;
  readonly amIPv4Peer: string;
  readonly cameFromPrefix: string;
  readonly cameProbablyFromPrefix: string;
  /** Nothing is known of the time in question, but of now. */
  readonly belongsNow: string;
  readonly onlyPrefixAsked: string;
  readonly prefixNotFound: string;
  readonly prefixUnclear: string;
  readonly askIPv6Peer: string;

  /** The host's own address, where no user's packets leave from it. */
  readonly isHost: string;
  readonly isNotOurs: string;
  readonly closing: string;
  readonly regards: string;
}

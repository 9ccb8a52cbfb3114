import type { ListedBan } from "@nat64/daemon-kit/bans";
import type { SelectorUse } from "@nat64/rfc6052";

/** What kind of address something is, by the IANA special-purpose registries. */
export interface AddressClass {
  readonly kind: "global-unicast" | "special-purpose" | "multicast" | "unallocated";
  readonly block: string;
  /** Name and document of the registry's entry. */
  readonly name?: string;
  readonly rfc?: string;
  /** Whether packets may be sent to it across the internet. */
  readonly isGlobalUnicast: boolean;
}

/** Where a NAT64 prefix is known from; `guess`: only from the address itself. */
export type PrefixOrigin = "argument" | "daemon" | "config" | "well-known" | "guess";

/** An IPv4 address inside an IPv6 one. */
export interface EmbeddedIPv4 {
  readonly address: string;
  readonly arpa: string;
  readonly class: AddressClass;
}

/** A peer exit of the running daemon. */
export interface KnownExit {
  readonly selector: number;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** State of its path. */
  readonly state: string;
  /** Its Teredo address now. */
  readonly teredo?: string;
}

/** One way to read an IPv6 address as IPv4-embedded (RFC 6052). */
export interface Embedding {
  readonly prefix: string;
  readonly origin: PrefixOrigin;
  /** Only for an IPv6 peer's /80. */
  readonly selector?: { readonly value: string; readonly use: SelectorUse; readonly exit?: KnownExit };
  /** Missing for the IPv6 peer's own addresses. */
  readonly ipv4?: EmbeddedIPv4;
  /** Whether the translator would take it, and if not, why. */
  readonly refused?: string;
  /** Ports that the local exit refuses at every address. */
  readonly refusedPorts?: string;
}

/** The parts of a Teredo address (RFC 4380 §4). */
export interface TeredoParts {
  readonly server: { readonly address: string; readonly class: AddressClass };
  readonly flags: { readonly value: string; readonly cone: boolean; readonly randomBits: string };
  readonly mapped: { readonly address: string; readonly port: number; readonly class: AddressClass };
  readonly fault?: string;
  /** The peer exit whose address it is now. */
  readonly exit?: KnownExit;
}

/** What the DNS says of an address. */
export interface ReverseNames {
  readonly address: string;
  readonly names: readonly string[];
  /** Why it said nothing. */
  readonly problem?: string;
}

/** All that can be said about an address. */
export interface Explanation {
  readonly address: string;
  readonly family: 4 | 6;
  readonly arpa: string;
  readonly class: AddressClass;
  /** What was behind the "%": the link of a host on which the address was seen (RFC 4007 §11), no part of the address. */
  readonly zone?: string;
  /** For an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2): the IPv4 address. */
  readonly mapped?: EmbeddedIPv4;
  /** For an IPv6 address: how it reads as IPv4-embedded. */
  readonly embeddings?: readonly Embedding[];
  /**
   * For an IPv6 address in no known prefix and with no plausible reading: the IPv4 address that it would embed under a
   * /96. Missing if no NAT64 prefix can contain it.
   */
  readonly lastBits?: EmbeddedIPv4;
  readonly teredo?: TeredoParts;
  /** Bans that concern it; only with a running daemon that has some. */
  readonly bans?: readonly ListedBan[];
  /** Names of the address and of those in it; only when they were asked for. */
  readonly names?: readonly ReverseNames[];
  /** For an IPv4 address: the IPv6 addresses that stand for it. */
  readonly nat64?: readonly {
    readonly prefix: string;
    readonly origin: PrefixOrigin;
    readonly address: string;
    /** Why the translator of this prefix does not forward to it. */
    readonly refused?: string;
  }[];
}

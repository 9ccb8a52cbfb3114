import type { Endpoint } from "../endpoint.ts";
import type { SendDatagram } from "../outputs.ts";

/**
 * What two solicitations show of a NAT: how it maps (RFC 4787 §4.1), not how it filters. It is not the `NatKind` of
 * `@nat64/peer-protocol`, which an IPv4 peer reports after it has also tested the filtering. `none`: the mapping is the socket itself. `cone-or-port-restricted`: one
 * mapping towards both, and nobody tried whether strangers are let in. `symmetric`: a mapping of its own for each
 * destination. `unknown`: the second address did not answer, or there is none.
 */
export type MappingBehaviour = "none" | "cone-or-port-restricted" | "symmetric" | "unknown";

/** The server told the mapping towards its first address. */
export interface Mapped {
  readonly kind: "mapped";
  readonly mapping: Endpoint;
  /** Whether it is the first one, another one than before, or the same again. */
  readonly news: "first" | "moved" | "same";
  /** The authentication value of the answer: who can repeat it has received the answer. A copy. */
  readonly authenticationValue: Uint8Array;
}

/** What became known of the NAT, after every first or moved mapping. */
export interface MappingBehaviourFound {
  readonly kind: "mapping-behaviour";
  readonly behaviour: MappingBehaviour;
}

/** The server no longer answers, so the mapping cannot be trusted. Solicitations continue at longer intervals. */
export interface ServerSilent {
  readonly kind: "server-silent";
}

/** The server wants another key (a confirmation byte that is not zero, RFC 4380 §5.1.1). */
export interface Refused {
  readonly kind: "refused";
}

/** The server passed a bubble on as a datagram: for `answerBubble`, if `teredo` is an address of ours. Copies. */
export interface BubbleArrived {
  readonly kind: "bubble";
  /** The bubble's IPv6 destination and source, sixteen bytes each. */
  readonly teredo: Uint8Array;
  readonly source: Uint8Array;
  /** Who sent it to the server. */
  readonly relay: Endpoint;
}

/** What a client wants done, and what it has to tell. */
export type ClientOutput = SendDatagram | Mapped | MappingBehaviourFound | ServerSilent | Refused | BubbleArrived;

/** Outputs of an IPv4 peer's machine: actions for its driver, and events. Handle them in order. */
import type { Message, NatKind } from "@nat64/peer-protocol";
import type { SendDatagram } from "@nat64/teredo";

/** Send this message to the coordinator; without a connection, discard it. */
export interface SendMessage {
  readonly kind: "send-message";
  readonly message: Message;
}

/** A pair was added, or its Teredo address or limit changed: for `Pairs` of the engine. */
export interface PairSet {
  readonly kind: "pair-set";
  /** 0 … 63; its port block is `blocks[place]` of the options. */
  readonly place: number;
  /** `T` as words. */
  readonly teredo: readonly [number, number, number, number];
  /** The first three words of `P:e::/96`. */
  readonly prefix: readonly [number, number, number];
  /** The limit that the coordinator sets, in bits per second. */
  readonly bandwidth?: number;
}

/** A pair has ended. */
export interface PairRemoved {
  readonly kind: "pair-removed";
  readonly place: number;
}

/**
 * IPv4 addresses (int32 words) to which nothing may be forwarded: the coordinator and the home NAT. Replaces any
 * earlier list.
 */
export interface Forbidden {
  readonly kind: "forbidden";
  readonly addresses: readonly number[];
}

/** Events for the log. They contain no client addresses, because the machine never sees any. */
export type V4PeerEvent =
  /** The coordinator accepted the mapping: the peer is registered. */
  | { readonly name: "registered"; readonly address: string; readonly port: number }
  | { readonly name: "mapped"; readonly address: string; readonly port: number; readonly moved: boolean }
  | { readonly name: "nat-kind"; readonly nat: NatKind }
  /** Router Solicitations get no answer: UDP to the coordinator may be blocked. */
  | { readonly name: "server-silent" }
  /** The coordinator answered with an `error`. */
  | { readonly name: "coordinator-error"; readonly code: string; readonly message: string; readonly regarding?: string }
  | { readonly name: "offer-declined"; readonly peer: string; readonly reason: string }
  | { readonly name: "offer-accepted"; readonly pair: string; readonly peer: string; readonly place: number }
  | { readonly name: "pair-ready"; readonly pair: string; readonly place: number; readonly reason: string }
  /** A `pair` whose address cannot be used, and why. */
  | { readonly name: "pair-refused"; readonly pair: string; readonly reason: string }
  | { readonly name: "pair-ended"; readonly pair: string; readonly place: number; readonly reason: string }
  | { readonly name: "path-up"; readonly pair: string; readonly place: number }
  | { readonly name: "path-down"; readonly pair: string; readonly place: number }
  /** The coordinator or the other end of a pair is draining. */
  | { readonly name: "drain"; readonly pair?: string; readonly within: number }
  /** The coordinator or the other end cancelled its drain. */
  | { readonly name: "drain-cancelled"; readonly pair?: string };

/** An event to log. */
export interface EventHappened {
  readonly kind: "event";
  readonly event: V4PeerEvent;
}

export type V4PeerOutput = SendMessage | SendDatagram | PairSet | PairRemoved | Forbidden | EventHappened;

/** Wraps an event as an output. */
export function happened(event: V4PeerEvent): EventHappened {
  return { kind: "event", event };
}

/** Wraps a message as an output. */
export function send(message: Message): SendMessage {
  return { kind: "send-message", message };
}

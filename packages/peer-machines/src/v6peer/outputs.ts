/** Outputs of an IPv6 peer's machine: actions for its driver, and events. Handle them in order. */
import type { DataKindName } from "@nat64/nat64-engine";
import type { Message, PathState } from "@nat64/peer-protocol";
import type { SelectorRecord } from "./selector-book.ts";

/** Send this message to the coordinator; without a connection, discard it. */
export interface SendMessage {
  readonly kind: "send-message";
  readonly message: Message;
}

/** Send this IPv6 packet, a probe, to a Teredo address. */
export interface SendPacket {
  readonly kind: "send-packet";
  readonly bytes: Uint8Array;
}

/** Store these for the next start. */
export interface StoreSelectors {
  readonly kind: "store-selectors";
  readonly selectors: readonly SelectorRecord[];
}

/** An event for the log. It never contains client addresses. */
export interface PeerEvent {
  readonly kind: "event";
  readonly event:
    | { readonly name: "registered"; readonly prefix: string }
    | { readonly name: "not-registered"; readonly code: string; readonly message: string; readonly retryMs: number }
    | { readonly name: "paired"; readonly peer: string; readonly selector: number; readonly exit: number }
    | { readonly name: "declined"; readonly peer: string; readonly reason: string; readonly byUs: boolean }
    | { readonly name: "unpaired"; readonly peer: string; readonly reason: string; readonly byUs: boolean }
    | { readonly name: "draining"; readonly peer: string; readonly seconds: number }
    | { readonly name: "data-lost"; readonly peer: string; readonly lost: readonly DataKindName[] }
    | { readonly name: "data-back"; readonly peer: string }
    | { readonly name: "sessions-ended"; readonly peer: string; readonly cause: string }
    | {
        readonly name: "path";
        readonly peer: string;
        readonly from: PathState;
        readonly to: PathState;
        readonly cause: string;
      };
}

export type V6PeerOutput = SendMessage | SendPacket | StoreSelectors | PeerEvent;

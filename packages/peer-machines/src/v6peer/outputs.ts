/** What an IPv6 peer's machine wants done, and what it has to tell. Values, in the order in which they count. */
import type { Message, PathState } from "@nat64/peer-protocol";
import type { SelectorRecord } from "./selector-book.ts";

/** Say this to the coordinator; if there is no connection, forget it. */
export interface SendMessage {
  readonly kind: "send";
  readonly message: Message;
}

/** Send this IPv6 packet, a probe, towards a Teredo address. */
export interface SendPacket {
  readonly kind: "packet";
  readonly bytes: Uint8Array;
}

/** Keep these for the next start. */
export interface KeepSelectors {
  readonly kind: "selectors";
  readonly selectors: readonly SelectorRecord[];
}

/** Something that an operator may want to read in the log. No addresses of clients. */
export interface PeerEvent {
  readonly kind: "event";
  readonly event:
    | { readonly name: "registered"; readonly prefix: string }
    | { readonly name: "not-registered"; readonly code: string; readonly message: string; readonly retryMs: number }
    | { readonly name: "paired"; readonly peer: string; readonly selector: number; readonly exit: number }
    | { readonly name: "declined"; readonly peer: string; readonly reason: string; readonly byUs: boolean }
    | { readonly name: "unpaired"; readonly peer: string; readonly reason: string; readonly byUs: boolean }
    | { readonly name: "draining"; readonly peer: string; readonly seconds: number }
    | { readonly name: "sessions-ended"; readonly peer: string; readonly cause: string }
    | {
        readonly name: "path";
        readonly peer: string;
        readonly from: PathState;
        readonly to: PathState;
        readonly cause: string;
      };
}

export type V6PeerOutput = SendMessage | SendPacket | KeepSelectors | PeerEvent;

import type { MessageOf, MessageType } from "@nat64/peer-protocol";
import type { Connection } from "../connections/connection.ts";
import type { Context } from "../context.ts";
import type { Peer } from "../peers/peer.ts";

/** What a handler is called with: who sent the message, and on which connection. */
export interface Sender<P extends Peer = Peer> {
  readonly peer: P;
  readonly connection: Connection;
}

/** Takes a message that its schema and its direction allow, from a peer whose `hello` was good. */
export type Handler<T extends MessageType, P extends Peer = Peer> = (
  context: Context,
  from: Sender<P>,
  message: MessageOf<T>,
) => void;

import type { ErrorMessage, MessageOf, MessageType } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import type { Connection } from "../../state/connection.ts";
import type { Peer } from "../../state/peer.ts";

/** Where a message came from. */
export interface Sender<P extends Peer = Peer> {
  readonly peer: P;
  readonly connection: Connection;
}

/**
 * Handles a message of a peer whose `hello` was accepted. Its schema and its direction were checked. Returns the error to
 * answer with, if any.
 */
export type Handler<T extends MessageType, P extends Peer = Peer> = (
  context: Context,
  from: Sender<P>,
  message: MessageOf<T>,
) => ErrorMessage | undefined;

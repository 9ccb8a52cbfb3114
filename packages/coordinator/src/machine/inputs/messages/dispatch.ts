/** The handler of each message that a peer may send. */
import type { ErrorMessage, Message, MessageType } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import type { Connection } from "../../state/connection.ts";
import type { Peer } from "../../state/peer.ts";
import { handleAccept } from "./accept.ts";
import { handleDecline } from "./decline.ts";
import { handleDrain } from "./drain.ts";
import { handleError } from "./error.ts";
import { handleGetPrefixes } from "./get-prefixes.ts";
import { handleGoodbye } from "./goodbye.ts";
import { handleMapped } from "./mapped.ts";
import { handleOffer } from "./offer.ts";
import { handlePath } from "./path.ts";
import { handlePing } from "./ping.ts";
import { handlePong } from "./pong.ts";
import { handleProve } from "./prove.ts";
import { handleRegisterV4 } from "./register-v4.ts";
import { handleRegisterV6 } from "./register-v6.ts";
import { handleUnpair } from "./unpair.ts";

/** A handler whose peer and message fit: the direction of the message was checked before. */
type AnyHandler = (
  context: Context,
  from: { peer: never; connection: Connection },
  message: never,
) => ErrorMessage | undefined;

const HANDLERS: { readonly [T in MessageType]?: AnyHandler } = {
  "register-v6": handleRegisterV6,
  prove: handleProve,
  "register-v4": handleRegisterV4,
  mapped: handleMapped,
  offer: handleOffer,
  accept: handleAccept,
  decline: handleDecline,
  path: handlePath,
  unpair: handleUnpair,
  drain: handleDrain,
  "get-prefixes": handleGetPrefixes,
  ping: handlePing,
  pong: handlePong,
  goodbye: handleGoodbye,
  error: handleError,
};

/** Hands a message to its handler; its schema and direction were checked. Returns the error to answer with, if any. */
export function handleMessage(
  context: Context,
  peer: Peer,
  connection: Connection,
  message: Message,
): ErrorMessage | undefined {
  return HANDLERS[message.type]?.(context, { peer: peer as never, connection }, message as never);
}

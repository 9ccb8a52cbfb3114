/** A frame has arrived: rate, faults, order and direction are checked, then the message is handled. */
import {
  answerTo,
  type ErrorMessage,
  type FrameEvent,
  type Message,
  type MessageDirection,
  makeError,
  parseMessage,
} from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { sendError, sendGoodbye } from "../rules/connections/close.ts";
import type { Connection } from "../state/connection.ts";
import type { Peer } from "../state/peer.ts";
import { handleHello } from "./hello.ts";
import { handleMessage } from "./messages/dispatch.ts";

/** Handles what the frame decoder of a connection has found. */
export function receiveFrame(context: Context, connection: Connection, event: FrameEvent): void {
  connection.heardAt = context.now;
  if (!connection.messages.allow(context.now)) {
    sendError(context, connection, makeError("too-fast"));
    sendGoodbye(context, connection, "too-many-errors");
    return;
  }
  const { peer } = connection;
  const { message, error } = read(event, peer);
  if (error !== undefined) sendError(context, connection, error);
  if (message === undefined) return;
  context.counters.messagesIn[message.type]++;
  if (message.type === "hello") {
    handleHello(context, connection, message);
  } else if (peer !== undefined) {
    const refusal = handleMessage(context, peer, connection, message);
    if (refusal !== undefined) sendError(context, connection, refusal);
  }
}

/** The message, or the error to answer with. An invalid `error` gets no answer. */
function read(
  event: FrameEvent,
  peer: Peer | undefined,
): { readonly message?: Message; readonly error?: ErrorMessage | undefined } {
  if (!event.ok) return { error: makeError(event.fault) };
  const isHello = event.object.type === "hello";
  if (isHello === (peer !== undefined)) return { error: makeError("out-of-order") };
  const parsed = parseMessage(event.object, directionOf(peer));
  return parsed.ok ? { message: parsed.message } : { error: answerTo(parsed.fault) };
}

function directionOf(peer: Peer | undefined): MessageDirection {
  return peer?.role === "v4peer" ? "v4peer-to-coordinator" : "v6peer-to-coordinator";
}

/** From a frame to its handler: rate, faults, order, direction. */
import {
  answerTo,
  type ErrorMessage,
  type FrameEvent,
  type Message,
  makeError,
  parseMessage,
  type Way,
} from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { handleHello } from "../handlers/hello.ts";
import { handle } from "../handlers/index.ts";
import type { Peer } from "../peers/peer.ts";
import type { Connection } from "./connection.ts";
import { refuse, sayGoodbye } from "./farewell.ts";

/** Takes what a connection's decoder has found. */
export function receive(context: Context, connection: Connection, event: FrameEvent): void {
  connection.heardAt = context.now;
  if (!connection.messages.take(context.now)) {
    refuse(context, connection, makeError("too-fast"));
    sayGoodbye(context, connection, "too-many-errors");
    return;
  }
  const { peer } = connection;
  const { message, answer } = read(event, peer);
  if (answer !== undefined) refuse(context, connection, answer);
  if (message === undefined) return;
  context.counters.messagesIn[message.type]++;
  if (message.type === "hello") handleHello(context, connection, message);
  else if (peer !== undefined) handle(context, peer, connection, message);
}

/** The message, or what to answer if there is none. An invalid `error` gets no answer. */
function read(
  event: FrameEvent,
  peer: Peer | undefined,
): { readonly message?: Message; readonly answer?: ErrorMessage | undefined } {
  if (!event.ok) return { answer: makeError(event.fault) };
  const isHello = event.object.type === "hello";
  if (isHello === (peer !== undefined)) return { answer: makeError("out-of-order") };
  const parsed = parseMessage(event.object, wayOf(peer));
  return parsed.ok ? { message: parsed.message } : { answer: answerTo(parsed.fault) };
}

function wayOf(peer: Peer | undefined): Way {
  return peer?.role === "v4peer" ? "v4peer-to-coordinator" : "v6peer-to-coordinator";
}

/** Errors to a peer, and the end of its connection. */
import {
  ERROR_CODES,
  type ErrorCode,
  type ErrorMessage,
  type GOODBYE_REASONS,
  type Goodbye,
} from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import type { CloseReason } from "../counters.ts";
import { losePeer } from "../peers/lose.ts";
import type { Connection } from "./connection.ts";

/** Sends an error, and closes where that follows from it (PROTOCOL.md §7) or where it was one too many. */
export function refuse(context: Context, connection: Connection | undefined, error: ErrorMessage): void {
  if (connection === undefined || !context.state.connections.has(connection.id)) return;
  const code = error.code as ErrorCode;
  context.counters.errors[code]++;
  context.log("debug", "refused", connection.peer, { code, regarding: error.regarding });
  context.send(connection, error);
  connection.errors++;
  if (connection.peer === undefined || ERROR_CODES[code].closes) sayGoodbye(context, connection, "refused");
  else if (connection.errors >= context.options.limits.errors) sayGoodbye(context, connection, "too-many-errors");
}

/** Says goodbye and closes; nothing for a connection that is gone. */
export function sayGoodbye(
  context: Context,
  connection: Connection,
  reason: keyof typeof GOODBYE_REASONS,
  more: Pick<Goodbye, "reconnectAfter"> = {},
): void {
  context.send(connection, { type: "goodbye", reason, ...more });
  closeConnection(context, connection, reason);
}

/** Forgets a connection and has it closed; its peer is lost. */
export function closeConnection(context: Context, connection: Connection, reason: CloseReason): void {
  const { state, timers, counters } = context;
  if (!state.connections.delete(connection.id)) return;
  counters.connectionsClosed[reason]++;
  state.groups.remove(connection.groups);
  timers.cancel(`silence ${connection.id}`);
  context.put({ kind: "close", connection: connection.id });
  const { peer } = connection;
  if (peer === undefined) return;
  context.log("info", "peer disconnected", peer, { reason });
  if (peer.connection === connection) losePeer(context, peer);
}

/** Errors to a peer, and the end of its connection. */
import {
  ERROR_CODES,
  type ErrorCode,
  type ErrorMessage,
  type GOODBYE_REASONS,
  type Goodbye,
} from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import type { Connection } from "../../state/connection.ts";
import type { CloseReason } from "../../state/counters.ts";
import { disconnectPeer } from "../peers/leave.ts";

/**
 * Sends an error. Closes the connection if the code demands it (PROTOCOL.md §7), if the peer has not said `hello` yet, or if
 * there were too many errors.
 */
export function sendError(context: Context, connection: Connection, error: ErrorMessage): void {
  if (!context.state.connections.has(connection.id)) return;
  const code = error.code as ErrorCode;
  context.counters.errors[code]++;
  context.log("debug", "error sent", connection.peer, { code, regarding: error.regarding });
  context.send(connection.id, error);
  connection.errors++;
  if (connection.peer === undefined || ERROR_CODES[code].closes) sendGoodbye(context, connection, "refused");
  else if (connection.errors >= context.options.limits.errors) sendGoodbye(context, connection, "too-many-errors");
}

/** Says goodbye and closes; does nothing if the connection is closed. */
export function sendGoodbye(
  context: Context,
  connection: Connection,
  reason: keyof typeof GOODBYE_REASONS,
  more: Pick<Goodbye, "reconnectAfter"> = {},
): void {
  context.send(connection.id, { type: "goodbye", reason, ...more });
  closeConnection(context, connection, reason);
}

/** Closes and forgets a connection, and disconnects its peer; does nothing if the connection is closed. */
export function closeConnection(context: Context, connection: Connection, reason: CloseReason): void {
  const { state, timers, counters } = context;
  if (!state.connections.delete(connection.id)) return;
  counters.connectionsClosed[reason]++;
  state.groups.remove(connection.groups);
  state.strangers.remove(connection);
  timers.cancel("hello", connection);
  timers.cancel("silence", connection);
  context.put({ kind: "close", connection: connection.id });
  const { peer } = connection;
  if (peer === undefined) return;
  context.log("info", "peer disconnected", peer, { reason });
  if (peer.connection === connection.id) disconnectPeer(context, peer);
}

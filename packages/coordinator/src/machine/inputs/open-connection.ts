/** A TCP connection was opened. */

import { RateLimiter } from "@nat64/teredo/limits";
import type { Context } from "../context.ts";
import { groupsOf } from "../limits/address-groups.ts";
import { expectHandshake } from "../rules/connections/liveness.ts";
import { makeRoom } from "../rules/connections/room.ts";
import type { Connection } from "../state/connection.ts";

/** Accepts a connection if there is room, otherwise has it closed. */
export function openConnection(context: Context, id: number, address: string): void {
  const { state, options, counters, now } = context;
  const { messagesPerSecond, messageBurst } = options.limits;
  const groups = groupsOf(address);
  if (!makeRoom(context, address, groups)) {
    counters.connectionsClosed["no-room"]++;
    context.put({ kind: "close", connection: id });
    return;
  }
  counters.connectionsOpened++;
  const connection: Connection = {
    id,
    address,
    groups,
    openedAt: now,
    messages: new RateLimiter(messagesPerSecond, messageBurst),
    exporter: undefined,
    peer: undefined,
    invite: undefined,
    heardAt: now,
    silence: undefined,
    errors: 0,
    prefixesAskedAt: Number.NEGATIVE_INFINITY,
  };
  state.connections.set(id, connection);
  state.groups.add(groups);
  state.strangers.add(connection);
  expectHandshake(context, connection);
}

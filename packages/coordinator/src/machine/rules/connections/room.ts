/**
 * Room for another connection. Connections that have not said `hello` yet have a share of the places, for each network and
 * for all. One more takes the place of the oldest of them, so that silent connections keep nobody out.
 */
import type { Context } from "../../context.ts";
import type { AddressGroup } from "../../limits/address-groups.ts";
import type { Connection } from "../../state/connection.ts";
import { networkOf } from "../../state/strangers.ts";
import { closeConnection } from "./close.ts";

/** Makes room if it can. @returns whether there is room */
export function makeRoom(context: Context, address: string, groups: readonly AddressGroup[]): boolean {
  const { state, options } = context;
  const { connections, connectionsPerAddress, strangers, strangersPerNetwork } = options.limits;
  const ofNetwork = state.strangers.in(networkOf(address));
  if (ofNetwork.size >= strangersPerNetwork) crowdOut(context, first(ofNetwork));
  if (state.strangers.size >= strangers) crowdOut(context, state.strangers.oldest);
  for (const group of groups) {
    if (state.groups.haveRoom([group], connectionsPerAddress)) continue;
    crowdOut(
      context,
      first(ofNetwork, (each) => each.groups.some(({ name }) => name === group.name)),
    );
    if (!state.groups.haveRoom([group], connectionsPerAddress)) return false;
  }
  if (state.connections.size >= connections) crowdOut(context, state.strangers.oldest);
  return state.connections.size < connections;
}

function first(among: Iterable<Connection>, fits: (each: Connection) => boolean = () => true): Connection | undefined {
  for (const each of among) if (fits(each)) return each;
  return undefined;
}

function crowdOut(context: Context, connection: Connection | undefined): void {
  if (connection !== undefined) closeConnection(context, connection, "crowded-out");
}

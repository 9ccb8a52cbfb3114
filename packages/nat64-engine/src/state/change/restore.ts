import { bindingKey, poolKey } from "../bib/binding-table.ts";
import { clientText, indexStaticEntries, poolText, StaticBindingError, type StaticEntry } from "../bib/static-entry.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import type { SessionTable } from "../sessions/session-table.ts";
import { isTcpState, SessionState } from "../sessions/tcp-state.ts";
import { type PlacementTables, placeBinding } from "./place-binding.ts";

/** The tables of a state that {@link restoreState} fills. */
export interface RestoreTables extends PlacementTables {
  readonly sessions: SessionTable;
}

/**
 * Fills the tables of a new state from its buffer, which may be used. Only the records of sessions and BIB entries are kept;
 * indexes, ports, clients and counts are built from them, so that nothing else has to be trusted. An entry is dropped with its
 * sessions when it conflicts with the current pool or static bindings.
 */
export function restoreState(state: RestoreTables, used: boolean, entries: readonly StaticEntry[], now: number): void {
  const { bindings, sessions, clients, ports } = state;
  if (!used) {
    bindings.clear();
    sessions.clear();
  }
  const { byClient, byPool } = indexStaticEntries(entries);
  for (const { poolAddress, protocol, exit, poolPort } of entries)
    ports.withdraw(poolAddress, protocol, exit, poolPort);

  const kept = new Uint8Array(entries.length);
  const sessionsOf = new Int32Array(bindings.capacity);
  for (let session = 0; session < sessions.capacity; session++) {
    if (sane(state, session)) sessionsOf[sessions.binding(session)]++;
  }
  // Entries kept so far are in the index already: this finds a second record with the same key.
  bindings.rebuild((binding) => {
    if (sessionsOf[binding] === 0 || !bindings.sane(binding)) return false;
    const protocol = bindings.protocol(binding);
    const key = bindingKey(protocol, bindings.clientPort(binding), bindings.exit(binding));
    const words = [0, 1, 2, 3].map((word) => bindings.clientWord(binding, word));
    const [a, b, c, d] = words;
    const address = bindings.poolAddress(binding);
    const port = bindings.poolPort(binding);
    const fixed = byClient.get(clientText(words, key));
    if (fixed !== byPool.get(poolText(address, poolKey(protocol, port)))) return false;
    if (bindings.findByClient(a, b, c, d, key) >= 0 || bindings.findByPool(address, poolKey(protocol, port)) >= 0)
      return false;
    bindings.setStatic(binding, fixed !== undefined);
    if (!placeBinding(state, binding, now)) return false;
    if (fixed !== undefined) kept[fixed] = 1;
    bindings.setSessions(binding, 0);
    bindings.setRecent(binding, -1);
    return true;
  });
  for (let binding = 0; binding < bindings.capacity; binding++) {
    if (bindings.live(binding)) ports.count(bindings, binding, 1);
  }
  sessions.rebuild((session) => {
    if (!sane(state, session)) return false;
    const binding = sessions.binding(session);
    if (!bindings.live(binding)) return false;
    if (sessions.find(binding, sessions.remoteAddress(session), sessions.remotePort(session)) >= 0) return false;
    bindings.setSessions(binding, bindings.sessions(binding) + 1);
    bindings.setRecent(binding, session);
    return true;
  });
  entries.forEach((entry, index) => {
    if (kept[index] === 1) return;
    const client = clients.acquireOwn(entry.client[0], entry.client[1], now);
    if (client < 0) throw new StaticBindingError(index, "The table of client prefixes is too small.");
    const key = bindingKey(entry.protocol, entry.clientPort, entry.exit);
    const binding = bindings.add(entry.client, key, entry.poolAddress, entry.poolPort, entry.via, client, -1);
    if (binding < 0) throw new StaticBindingError(index, "The BIB is too small.");
    clients.use(client);
    bindings.setStatic(binding, true);
  });
}

/** Whether a session in the buffer can continue. One that holds a SYN cannot: the SYN is lost. */
function sane({ sessions, bindings }: RestoreTables, session: number): boolean {
  const binding = sessions.binding(session);
  if (binding < 0 || binding >= bindings.capacity || !bindings.live(binding) || sessions.heldSyn(session) >= 0)
    return false;
  const state = sessions.state(session);
  const protocol = bindings.protocol(binding);
  if (protocol === ProtocolIndex.tcp) return isTcpState(state);
  if (protocol > ProtocolIndex.icmp) return false;
  return state === SessionState.none || (state >= SessionState.unanswered && state <= SessionState.accepted);
}

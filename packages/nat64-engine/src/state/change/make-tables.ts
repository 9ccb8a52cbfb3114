import { indexHeads } from "../../hash/hash-index.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";
import type { RandomWords } from "../../hash/random-words.ts";
import { limitedLevels } from "../../limits/client-caps.ts";
import { ClientTable, clientWords } from "../../limits/client-table.ts";
import { clientText, poolText, type StaticEntry } from "../bib/static-entry.ts";
import { REMOTE_WORDS, RemoteAddresses } from "../filtering/remote-addresses.ts";
import { portWords } from "../ports/bitmap-sizes.ts";
import type { PoolAddress } from "../ports/pool-address.ts";
import { PortAllocator } from "../ports/port-allocator.ts";
import type { ConfiguredTables } from "../sessions/configured-tables.ts";
import type { StateOptions } from "../state-options.ts";

/** Makes empty tables for a configuration, in new memory. */
export function makeTables(options: StateOptions, hash: KeyedHash, random: RandomWords): ConfiguredTables {
  const { sessions, pool, limits } = options;
  const words = (count: number): Int32Array => new Int32Array(count);
  const heads = (capacity: number): Int32Array => words(indexHeads(capacity));
  const records = words(clientWords(options.clients));
  const clients = new ClientTable(records, heads(options.clients), options.clients, hash, limits);
  const ports = new PortAllocator(words(portWords(pool)), pool, clients, hash, random);
  const asksRemotes = options.filtering === "address-dependent";
  const remotes = asksRemotes
    ? new RemoteAddresses(words(sessions * REMOTE_WORDS), heads(sessions), sessions, hash)
    : null;
  return { clients, ports, remotes };
}

/** Whether two configurations can use the same tables of clients, ports and addresses. */
export function needsSameTables(one: StateOptions, other: StateOptions): boolean {
  return (
    one.clients === other.clients &&
    (one.filtering === "address-dependent") === (other.filtering === "address-dependent") &&
    limitedLevels(one.limits).length === limitedLevels(other.limits).length &&
    limitedLevels(one.limits).every((level, i) => level === limitedLevels(other.limits)[i]) &&
    areAlike(one.pool, other.pool, isSameAddress) &&
    areAlike(one.staticEntries, other.staticEntries, isSameEntry)
  );
}

function areAlike<T>(one: readonly T[], other: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return one.length === other.length && one.every((each, i) => isSame(each, other[i]));
}

/** Ignores the granted ports of a peer exit, which change without a new configuration. */
function isSameAddress(one: PoolAddress, other: PoolAddress): boolean {
  if (one.address !== other.address || one.exit !== other.exit) return false;
  return one.ranges.every((range, i) => range?.[0] === other.ranges[i]?.[0] && range?.[1] === other.ranges[i]?.[1]);
}

function isSameEntry(one: StaticEntry, other: StaticEntry): boolean {
  return (
    one.exit === other.exit &&
    clientText(one.client, one.clientPort) === clientText(other.client, other.clientPort) &&
    poolText(one.poolAddress, one.poolPort) === poolText(other.poolAddress, other.poolPort) &&
    one.protocol === other.protocol
  );
}

import { bindingKey, poolKey } from "./binding-table.ts";

/** A BIB entry that never expires. */
export interface StaticEntry {
  /** {@link ProtocolIndex}. */
  readonly protocol: number;
  /** The client's IPv6 address as four words. */
  readonly client: Int32Array;
  readonly clientPort: number;
  readonly exit: number;
  readonly poolAddress: number;
  readonly poolPort: number;
  /** The prefix of inbound packets until the client has used one; as in `outbound`. */
  readonly via: number;
}

/** A static binding is invalid. */
export class StaticBindingError extends Error {
  /** The index of the binding in the list. */
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.name = "StaticBindingError";
    this.index = index;
  }
}

/** Static bindings by their two sides, each of which has to be unique: see {@link indexStaticEntries}. */
export interface StaticIndex {
  /** Their index in the list, by {@link clientText} and {@link poolText}. */
  readonly byClient: ReadonlyMap<string, number>;
  readonly byPool: ReadonlyMap<string, number>;
}

/** Indexes static bindings. Throws a {@link StaticBindingError} when two of them conflict. */
export function indexStaticEntries(entries: readonly StaticEntry[]): StaticIndex {
  const byClient = new Map<string, number>();
  const byPool = new Map<string, number>();
  entries.forEach((entry, index) => {
    const client = clientText(entry.client, bindingKey(entry.protocol, entry.clientPort, entry.exit));
    const pool = poolText(entry.poolAddress, poolKey(entry.protocol, entry.poolPort));
    if (byPool.has(pool))
      throw new StaticBindingError(index, "Another static binding has the same IPv4 address and port.");
    if (byClient.has(client)) {
      throw new StaticBindingError(index, "Another static binding has the same IPv6 address and port.");
    }
    byClient.set(client, index);
    byPool.set(pool, index);
  });
  return { byClient, byPool };
}

/** The client side of a BIB entry. @param words the client's address @param key `bindingKey` */
export function clientText(words: ArrayLike<number>, key: number): string {
  return `${words[0]} ${words[1]} ${words[2]} ${words[3]} ${key}`;
}

/** The IPv4 side of a BIB entry. @param key `poolKey` */
export function poolText(address: number, key: number): string {
  return `${address} ${key}`;
}

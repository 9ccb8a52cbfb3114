/** Connections that have not said a valid `hello` yet, in the order in which they were opened. */
import { formatIPv4, parseIPv4 } from "@nat64/rfc6052";
import { siteOf } from "../limits/address-groups.ts";
import type { Connection } from "./connection.ts";

/** The /24 of an IPv4 address, the /48 of an IPv6 address. @param address canonical text */
export function networkOf(address: string): string {
  return address.includes(":") ? siteOf(address) : `${formatIPv4(parseIPv4(address) & ~0xff)}/24`;
}

export class Strangers {
  readonly #all: Set<Connection> = new Set();
  readonly #byNetwork: Map<string, Set<Connection>> = new Map();

  get size(): number {
    return this.#all.size;
  }

  /** The connection that has waited longest. */
  get oldest(): Connection | undefined {
    return this.#all.values().next().value;
  }

  add(connection: Connection): void {
    const network = networkOf(connection.address);
    const others = this.#byNetwork.get(network) ?? new Set();
    this.#byNetwork.set(network, others.add(connection));
    this.#all.add(connection);
  }

  /** It said `hello`, or it is closed. */
  remove(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    const network = networkOf(connection.address);
    const others = this.#byNetwork.get(network);
    others?.delete(connection);
    if (others?.size === 0) this.#byNetwork.delete(network);
  }

  /** Those of one network, the oldest first. */
  in(network: string): ReadonlySet<Connection> {
    return this.#byNetwork.get(network) ?? NONE;
  }
}

const NONE: ReadonlySet<Connection> = new Set();

import type { Cidr } from "@nat64/rfc6052";
import { ConfigError } from "../config/config-error.ts";
import { BanSet } from "./ban-set.ts";

/** Most blocks that can be banned at once, of both kinds together. */
export const MAX_BANS = 4096;

/** The banned addresses. */
export interface BanLists {
  /** IPv6 blocks: their hosts cannot use the translator, and nobody reaches them through it. */
  readonly clients: readonly Cidr[];
  /** IPv4 blocks: nobody reaches them, and they reach nobody. */
  readonly destinations: readonly Cidr[];
}

/** Whom the translator serves no more. Looked at for every packet. */
export class Bans {
  readonly #clients = new BanSet();
  readonly #destinations = new BanSet();
  #version = 0;

  /** Changes with every {@link set}. */
  get version(): number {
    return this.#version;
  }

  /** Replaces all bans. Throws a `ConfigError` that names the list, and then changes nothing. */
  set({ clients, destinations }: BanLists): void {
    checkFamily("clients", clients, 6);
    checkFamily("destinations", destinations, 4);
    const count = clients.length + destinations.length;
    if (count > MAX_BANS) throw new ConfigError("bans", `at most ${MAX_BANS} blocks can be banned, not ${count}.`);
    this.#clients.set(clients);
    this.#destinations.set(destinations);
    this.#version++;
  }

  /** Whether any address is banned. */
  get isAny(): boolean {
    return !this.#clients.isEmpty || !this.#destinations.isEmpty;
  }

  /** Whether an IPv6 address is banned. */
  hasClient(address: Int32Array): boolean {
    return !this.#clients.isEmpty && this.#clients.has(address[0], address[1], address[2], address[3]);
  }

  /** Whether an IPv4 address is banned. */
  hasDestination(address: number): boolean {
    return !this.#destinations.isEmpty && this.#destinations.has(address, 0, 0, 0);
  }
}

function checkFamily(field: string, blocks: readonly Cidr[], family: 4 | 6): void {
  const wrong = blocks.findIndex((block) => block.family !== family);
  if (wrong >= 0) throw new ConfigError(`${field}[${wrong}]`, `is not an IPv${family} block.`);
}

/** Notices when this host's networks change: an address comes from DHCP, a laptop moves, a router is replaced. */
import { networkInterfaces } from "node:os";
import { isDeepStrictEqual } from "node:util";
import type { HostNetworks } from "./host-networks.ts";

/** Addresses are compared this often, which costs one system call. */
const ADDRESSES_MS = 5_000;
/** Routes are read this often even if no address has changed: two processes. */
const ROUTES_MS = 60_000;

/** What a watch needs. */
export interface HostWatchOptions {
  /** Reads the networks, and may throw: then the ones before stay. */
  readonly read: () => HostNetworks;
  /** Gets the networks when they have changed. Is not called again before it has resolved. */
  readonly onChange: (networks: HostNetworks) => Promise<void> | void;
  /** Gets what failed. */
  readonly onProblem: (problem: Error) => void;
}

/** Reads the networks now and then. */
export class HostWatch {
  /** The networks as they were read last, those of today already while `onChange` runs. */
  networks: HostNetworks;
  readonly #options: HostWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #addresses = addressesNow();
  #rounds = 0;
  #isBusy = false;

  /** Reads the networks for the first time; throws what `read` throws. */
  constructor(options: HostWatchOptions) {
    this.#options = options;
    this.networks = options.read();
    this.#timer = setInterval(() => void this.#lookIfDue(), ADDRESSES_MS);
    this.#timer.unref();
  }

  /** Ends the watch. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads the networks now, and carries out what has changed. Never rejects. */
  async look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const addresses = addressesNow();
    const before = this.networks;
    try {
      this.networks = this.#options.read();
      if (!isDeepStrictEqual(this.networks, before)) await this.#options.onChange(this.networks);
      this.#addresses = addresses;
      this.#rounds = 0;
    } catch (error) {
      // Tried again in the next round.
      this.networks = before;
      this.#addresses = "";
      this.#options.onProblem(error as Error);
    } finally {
      this.#isBusy = false;
    }
  }

  async #lookIfDue(): Promise<void> {
    const isDue = ++this.#rounds * ADDRESSES_MS >= ROUTES_MS;
    if (isDue || addressesNow() !== this.#addresses) await this.look();
  }
}

function addressesNow(): string {
  const all = Object.entries(networkInterfaces());
  return all.flatMap(([name, each]) => (each ?? []).map(({ cidr }) => `${name} ${cidr}`)).join();
}

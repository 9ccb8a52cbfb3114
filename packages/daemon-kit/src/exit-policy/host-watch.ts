/** Notices when this host's networks change: an address comes from DHCP, a laptop moves, a router is replaced. */
import { isDeepStrictEqual } from "node:util";
import type { News } from "../host/index.ts";
import type { HostNetworks } from "./host-networks.ts";

/** The networks are read this often, whatever the kernel tells. */
const ROUND_MS = 60_000;
/** And after this time when something failed. */
const RETRY_MS = 5_000;

/** What a watch needs. */
export interface HostWatchOptions {
  /** Tells when to look. */
  readonly news: News;
  /** Reads the networks, and may throw: then the ones before stay. */
  readonly read: () => HostNetworks;
  /** Gets the networks when they have changed. Is not called again before it has resolved. */
  readonly onChange: (networks: HostNetworks) => Promise<void> | void;
  /** Gets what failed. */
  readonly onProblem: (problem: Error) => void;
}

/** Reads the networks when the kernel tells of a change, and now and then besides. */
export class HostWatch {
  /** The networks as they were read last, those of today already while `onChange` runs. */
  networks: HostNetworks;
  readonly #options: HostWatchOptions;
  readonly #unsubscribe: () => void;
  #next: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isAgain = false;
  #isStopped = false;

  /** Reads the networks for the first time; throws what `read` throws. */
  constructor(options: HostWatchOptions) {
    this.#options = options;
    this.networks = options.read();
    this.#unsubscribe = options.news.subscribe(() => void this.look());
    this.#lookAfter(ROUND_MS);
  }

  /** Ends the watch. */
  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
    clearTimeout(this.#next);
  }

  /** Reads the networks now, and carries out what has changed. Never rejects. */
  async look(): Promise<void> {
    this.#isAgain = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    let hasFailed = false;
    while (this.#isAgain && !hasFailed) {
      this.#isAgain = false;
      hasFailed = !(await this.#follow());
    }
    this.#isBusy = false;
    this.#lookAfter(hasFailed ? RETRY_MS : ROUND_MS);
  }

  /** @returns whether it worked */
  async #follow(): Promise<boolean> {
    const before = this.networks;
    try {
      this.networks = this.#options.read();
      if (!isDeepStrictEqual(this.networks, before)) await this.#options.onChange(this.networks);
      return true;
    } catch (error) {
      this.networks = before;
      this.#options.onProblem(error as Error);
      return false;
    }
  }

  #lookAfter(ms: number): void {
    clearTimeout(this.#next);
    if (!this.#isStopped) this.#next = setTimeout(() => void this.look(), ms).unref();
  }
}

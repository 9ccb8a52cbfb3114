/** Bans in the main thread: carries out the operator's requests, in the data path and at the peer exits. */

import { networkInterfaces } from "node:os";
import { join } from "node:path";
import {
  type Ban,
  type BanChange,
  BanKeeper,
  type BanReport,
  type BanRequest,
  type BansReport,
  type ListedBan,
  type UnbanRequest,
} from "@nat64/daemon-kit/bans";
import { ControlError } from "@nat64/daemon-kit/control";
import type { BanLists, StatefulConfig } from "@nat64/nat64-engine";
import { shortPeerId } from "@nat64/peer-protocol";
import type { Logger } from "pino";
import type { ConfigFile } from "../config/config-file.ts";
import type { DaemonConfig } from "../config/resolve.ts";
import type { BansStatus } from "../control/protocol.ts";
import type { PeerExitsStatus } from "../data-path/messages/peer-exits.ts";
import { engineBans, targetsOf } from "./ban-kinds.ts";
import { withoutBannedPool } from "./pool-bans.ts";
import { readTarget } from "./read-target.ts";

/** State directory of an IPv6 peer without coordinator. */
const STATE = "/var/lib/v6peer";

/** The parts of the daemon that bans use. */
export interface BansParts {
  readonly config: () => DaemonConfig;
  /** The peer exits; none if no coordinator is configured. */
  readonly exits: () => Promise<PeerExitsStatus["exits"]>;
  /** Bans these in the data path. */
  readonly ban: (lists: BanLists) => Promise<void>;
  /** Bans these IPv4 peers. */
  readonly banPeers: (peers: readonly string[]) => Promise<void>;
  /** Called when the addresses of the pool have changed. */
  readonly poolChanged: () => Promise<void>;
  /** Called after each change, for the audit log. */
  readonly record: (change: BanChange) => void;
  readonly log: Logger;
}

/** The bans of a running `v6peerd`. */
export class Bans {
  readonly #parts: BansParts;
  readonly #keeper: BanKeeper;
  /** Banned addresses of the pool that are in effect. */
  #pool: readonly string[] = [];

  /** Reads the file. Throws an `Error` with a sentence if it is damaged. */
  constructor(parts: BansParts) {
    this.#parts = parts;
    const { file } = parts.config();
    this.#keeper = new BanKeeper({
      path: bansFileOf(file),
      read: async (text) => readTarget(text, await this.#context()),
      apply: (bans) => this.#apply(bans),
      own: () =>
        Object.entries(networkInterfaces())
          .filter(([name]) => name !== file.host.interface)
          .flatMap(([, addresses]) => addresses ?? [])
          .map(({ address }) => ({ address, what: "an address of this host" })),
      changed: (change) => this.#changed(change),
      troubleChanged: (problem) => {
        if (problem === undefined) parts.log.info("the bans can be saved again");
        else parts.log.error({ reason: problem }, "the bans cannot be saved; a restart would forget changes");
      },
    });
    this.#pool = targetsOf(this.#keeper.bans, "pool");
  }

  /** The bans that the data path has to start with. */
  get lists(): BanLists {
    return engineBans(this.#keeper.bans);
  }

  /** Peer ids of banned IPv4 peers. */
  get peers(): readonly string[] {
    return targetsOf(this.#keeper.bans, "peer");
  }

  /** The engine without banned addresses of the pool. */
  engineOf(engine: StatefulConfig): StatefulConfig {
    return withoutBannedPool(engine, this.#pool);
  }

  /** How many bans there are of each kind, and why they cannot be saved. */
  get status(): BansStatus {
    const count = (kind: Parameters<typeof targetsOf>[1]): number => targetsOf(this.#keeper.bans, kind).length;
    const { problem } = this.#keeper;
    return {
      clients: count("client"),
      destinations: count("destination"),
      peers: count("peer"),
      pool: count("pool"),
      ...(problem !== undefined && { problem }),
    };
  }

  /** Ends bans in time from now on. */
  start(): void {
    this.#keeper.start();
  }

  /** Saves how much time is left. */
  stop(): void {
    this.#keeper.stop();
  }

  /** Carries out `ban`. Rejects with a `ControlError`. */
  ban(request: BanRequest): Promise<BanReport> {
    return this.#keeper.ban(request);
  }

  /** Carries out `unban`. Rejects with a `ControlError`. */
  unban(request: UnbanRequest): Promise<BanReport> {
    return this.#keeper.unban(request);
  }

  /** Carries out `bans`. */
  list(emit: (bans: readonly ListedBan[]) => Promise<void>): Promise<BansReport> {
    return this.#keeper.list(emit);
  }

  async #context(): Promise<Parameters<typeof readTarget>[1]> {
    const { file, routedPrefixes } = this.#parts.config();
    const pool = (file["local-exit"]?.pool ?? []).map(({ address }) => address);
    return { prefixes: routedPrefixes, pool, exits: await this.#parts.exits(), bannedPeers: this.peers };
  }

  async #apply(bans: readonly Ban[]): Promise<void> {
    await this.#applyPool(targetsOf(bans, "pool"));
    await this.#parts.ban(engineBans(bans));
    await this.#parts.banPeers(targetsOf(bans, "peer"));
  }

  /** Sessions move to a smaller pool, or a larger one. The last address stays: without any, the translator cannot run. */
  async #applyPool(banned: readonly string[]): Promise<void> {
    const before = this.#pool;
    if (banned.join() === before.join()) return;
    const { engine } = this.#parts.config();
    const isLast = engine.peerExits === undefined && withoutBannedPool(engine, banned).pool.length === 0;
    if (isLast) {
      throw new ControlError(
        "refused",
        "no address of the pool would be left, and there are no peer exits: stop v6peerd instead",
      );
    }
    this.#pool = banned;
    try {
      await this.#parts.poolChanged();
    } catch (error) {
      this.#pool = before;
      throw error;
    }
  }

  /** Client addresses stay out of the log. */
  #changed(change: BanChange): void {
    const { kind, target, why } = change.ban;
    const named = kind === "client" ? {} : { target: kind === "peer" ? shortPeerId(target) : target };
    const by = change.event === "ban" ? change.ban.by : change.event === "unban" ? change.by : undefined;
    const reason = change.event === "ban" && why !== undefined && kind !== "client" ? { why } : {};
    this.#parts.log.info({ kind, ...named, ...(by !== undefined && { by }), ...reason }, SENTENCES[change.event]);
    this.#parts.record(change);
  }
}

const SENTENCES: Readonly<Record<BanChange["event"], string>> = {
  ban: "banned",
  unban: "a ban was lifted",
  "ban-over": "a ban has ended",
};

/** The file of the bans. */
export function bansFileOf({ bans, coordinator }: ConfigFile): string {
  return bans.file ?? join(coordinator?.state ?? STATE, "bans.json");
}

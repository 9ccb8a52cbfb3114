/** Keeps the audit log: which pair had which ports. An IPv4 peer sees no clients, so there is nothing else to record. */
import { AuditLog, type AuditLogStatus, PairChanges, type PairNow } from "@nat64/daemon-kit/audit-log";
import type { Logger } from "pino";
import type { ConfigFile } from "../config/config-file.ts";
import type { DataPathView } from "../data-path/messages.ts";
import { VERSION } from "../version.ts";

/** Milliseconds between two looks at the pairs. Changes of pairs cause further looks. */
const LOOK_INTERVAL_MS = 30_000;

/** Where the facts come from. */
export interface AuditSource {
  readonly look: () => Promise<DataPathView>;
  /** This host's address on its uplink. */
  readonly ownAddress: () => string | undefined;
}

/** Records until it is stopped. A failure of the log never stops packets. */
export class AuditRecorder {
  readonly #source: AuditSource;
  readonly #log: AuditLog;
  readonly #pairs: PairChanges = new PairChanges();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #isDue = false;

  /** @param directory as `auditDirectoryOf` says */
  constructor(file: ConfigFile, directory: string, source: AuditSource, log: Logger) {
    const { "retention-days": retentionDays, "max-bytes": maxBytes } = file["audit-log"];
    this.#source = source;
    this.#log = new AuditLog({
      directory,
      program: `v4peer ${VERSION}`,
      clients: "off",
      retentionDays,
      keyDays: retentionDays,
      maxBytes,
      now: Date.now,
      repeatState: () => {
        this.#pairs.forget();
        this.pairsChanged();
      },
      troubleChanged: (reason) => {
        if (reason === undefined) log.info({ directory }, "the audit log can be written again");
        else log.warn({ directory, reason }, "the audit log cannot be written");
      },
    });
    this.#timer = setInterval(() => this.pairsChanged(), LOOK_INTERVAL_MS);
    this.#timer.unref();
    this.pairsChanged();
  }

  get status(): AuditLogStatus {
    return this.#log.status;
  }

  /** The pairs may have changed. */
  pairsChanged(): void {
    // One look after the one under way sees all changes.
    if (this.#isDue) return;
    this.#isDue = true;
    this.#looking = this.#looking.then(() => {
      this.#isDue = false;
      return this.#look();
    });
  }

  /** Ends the log. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#log.close();
  }

  /** Never rejects: a data path that does not answer has nothing to record. */
  async #look(): Promise<void> {
    try {
      const { peer } = await this.#source.look();
      const mapped = peer.mapping?.address;
      const own = this.#source.ownAddress();
      const reach = {
        ...(mapped !== undefined && { mapped }),
        ...(mapped !== undefined && own !== undefined && { behindNat: mapped !== own }),
      };
      const pairs = peer.pairs.map((each): PairNow => {
        const { id, place, peer: other, prefix, selector, ports, address } = each;
        const teredo = address !== undefined && { teredo: address };
        return {
          pair: id,
          place,
          peer: other,
          prefix,
          selector,
          ports: [ports.first, ports.last],
          ...teredo,
          ...reach,
        };
      });
      for (const record of this.#pairs.compare(pairs, new Date().toISOString())) this.#log.record(record);
    } catch {
      // The data path has ended, or is about to.
    }
  }
}

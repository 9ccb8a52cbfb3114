/** Keeps the audit log: reads changes of port blocks from the data path, and records pairs. */
import {
  AuditLog,
  type AuditLogStatus,
  type AuditRecord,
  ClientNames,
  PairChanges,
  type PairNow,
} from "@nat64/daemon-kit/audit-log";
import type { BanChange } from "@nat64/daemon-kit/bans";
import { type BlockEvent, readBlockEvents } from "@nat64/nat64-engine";
import { formatIPv4, formatIPv6 } from "@nat64/rfc6052";
import type { Logger } from "pino";
import { auditDirectoryOf } from "../config/audit-log.ts";
import type { ConfigFile } from "../config/config-file.ts";
import type { DataPath } from "../data-path/main-thread/data-path.ts";
import type { PeerExitsStatus } from "../data-path/messages/peer-exits.ts";
import { VERSION } from "../version.ts";

/** Milliseconds between two questions, and while there is much to tell. Times in the log are as exact as that. */
const INTERVAL = 1000;
const HURRY = 100;

/** The same while owned blocks are listed: a large pool takes many questions. */
const LISTING = 5;

/** Events in one answer that are much: a quarter of what the data path can hold back. */
const MUCH = 4096;

/** Questions between two looks at the pairs, unless something was heard of them. */
const PAIRS_EVERY = 10;

/** The source of the records. */
export type AuditSource = Pick<DataPath, "blocks" | "peerExits">;

/** Records until it is stopped. Errors here never stop packets. */
export class AuditRecorder {
  readonly #source: AuditSource;
  readonly #hasPeers: boolean;
  readonly #log: AuditLog;
  readonly #names: ClientNames;
  readonly #recordsClients: boolean;
  readonly #pairs: PairChanges = new PairChanges();
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> = Promise.resolve();
  #turnsToPairs = 0;
  /** Where the list of owned blocks continues; `undefined` if it is complete. */
  #from: number | undefined = 0;
  #hasBegun = false;
  #isOver = false;

  private constructor(file: ConfigFile, directory: string, source: AuditSource, log: Logger) {
    const {
      clients,
      "retention-days": retentionDays,
      "hash-key-days": keyDays,
      "max-bytes": maxBytes,
    } = file["audit-log"];
    this.#source = source;
    this.#hasPeers = file.coordinator !== undefined;
    this.#names = new ClientNames(directory, clients);
    this.#recordsClients = clients !== "off";
    this.#log = new AuditLog({
      directory,
      program: `v6peerd ${VERSION}`,
      clients,
      retentionDays,
      keyDays,
      maxBytes,
      now: Date.now,
      repeatState: () => this.#repeatState(),
      troubleChanged: (reason) => {
        if (reason === undefined) log.info({ directory }, "the audit log can be written again");
        else log.warn({ directory, reason }, "the audit log cannot be written");
      },
    });
    this.#next(0);
  }

  /** Starts, if an audit log is configured. */
  static start(file: ConfigFile, source: AuditSource, log: Logger): AuditRecorder | undefined {
    const directory = auditDirectoryOf(file);
    return directory === undefined ? undefined : new AuditRecorder(file, directory, source, log);
  }

  get status(): AuditLogStatus {
    return this.#log.status;
  }

  /** Records a change of the bans. */
  recordBan(change: BanChange): void {
    const now = Date.now();
    const { kind, target, why, until } = { until: undefined, ...change.ban };
    const by = change.event === "unban" ? change.by : change.ban.by;
    this.#log.record({
      event: change.event,
      at: new Date(now).toISOString(),
      kind,
      ...this.#nameOfBanned(kind, target, now),
      ...(change.event !== "ban-over" && { by }),
      ...(change.event === "ban" && { until, why }),
    });
  }

  #nameOfBanned(kind: string, target: string, now: number): { readonly target?: string | undefined } {
    if (kind !== "client") return { target };
    try {
      return { target: this.#names.name(target, now) };
    } catch {
      this.#log.lose(1, "no key");
      return {};
    }
  }

  /** Called when pairs may have changed: they are checked soon. */
  pairsChanged(): void {
    this.#turnsToPairs = 0;
  }

  /** Writes pending records and closes the log. Must be called while the data path still answers. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#asking;
    await this.#ask();
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#log.close();
  }

  #next(milliseconds: number): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.#asking = this.#ask().then((pause) => this.#next(pause));
    }, milliseconds);
    this.#timer.unref();
  }

  /** Records once. Never rejects: a data path that does not answer has no records. @returns milliseconds until the next run */
  async #ask(): Promise<number> {
    try {
      await this.#askForPairs();
      const question = {
        ...(!this.#hasBegun && { begin: true }),
        ...(this.#from !== undefined && { from: this.#from }),
      };
      const { words, lost, next } = await this.#source.blocks(question);
      this.#hasBegun = true;
      this.#from = next < 0 ? undefined : next;
      if (lost > 0) this.#log.lose(lost, "too many at once");
      const events = readBlockEvents(words);
      const now = Date.now();
      for (const event of events) this.#record(event, now);
      if (this.#from !== undefined) return LISTING;
      return events.length > MUCH ? HURRY : INTERVAL;
    } catch {
      return INTERVAL;
    }
  }

  async #askForPairs(): Promise<void> {
    if (!this.#hasPeers || this.#turnsToPairs-- > 0) return;
    this.#turnsToPairs = PAIRS_EVERY;
    const { exits } = await this.#source.peerExits();
    for (const record of this.#pairs.compare(exits.map(describePair), new Date().toISOString()))
      this.#log.record(record);
  }

  #record(event: BlockEvent, now: number): void {
    const at = new Date(now).toISOString();
    if (event.kind === "reset") {
      this.#log.record({ event: "reset", at });
      this.#from = 0;
      return;
    }
    const { exit, protocol, address, ports } = event;
    const block = { at, exit, protocol, ports, ...(exit === 0 && { address: formatIPv4(address) }) };
    if (event.kind === "returned") this.#log.record({ event: "block-end", ...block });
    else this.#log.record(this.#named(event.kind === "granted" ? "block" : "borrowed", block, event, now));
  }

  #named(
    event: "block" | "borrowed",
    block: Omit<Extract<AuditRecord, { readonly event: "block-end" }>, "event">,
    { network: [high, low] }: BlockEvent,
    now: number,
  ): AuditRecord {
    if (!this.#recordsClients) return { event, ...block };
    try {
      const client = this.#names.name(`${formatIPv6([high, low, 0, 0])}/64`, now);
      return { event, ...block, ...(client !== undefined && { client }) };
    } catch {
      // Without a key there is no hash, and the plain address must not be logged.
      this.#log.lose(1, "no key");
      return { event, ...block };
    }
  }

  /** Each file must be complete. */
  #repeatState(): void {
    this.#pairs.forget();
    this.#turnsToPairs = 0;
    this.#from = 0;
  }
}

function describePair(exit: PeerExitsStatus["exits"][number]): PairNow {
  const { pair, exit: place, peer, selector, firstPort, ports, teredo } = exit;
  return {
    pair,
    place,
    peer,
    selector,
    ports: [firstPort, firstPort + ports - 1],
    ...(teredo !== undefined && { teredo }),
  };
}

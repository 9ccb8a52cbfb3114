/** Reloads of the configuration: one after the other, each accepted or refused as a whole. */
import type { Logger } from "pino";
import { explainError } from "../system/index.ts";
import type { ReloadReport, ReloadStatus } from "./reload-report.ts";

/** What an accepted reload changed. */
export interface Reloaded extends Pick<ReloadReport, "applied" | "needsRestart"> {
  /** Parts that should have changed but failed, a line each. */
  readonly problems?: readonly string[];
  /** What the log says about files that were read again although no key changed. */
  readonly summary?: Readonly<Record<string, unknown>>;
}

/**
 * Reads the file and puts it into use. Rejects when it is refused, with a line for each problem in the message; then
 * nothing has changed.
 */
export type Reload = () => Promise<Reloaded>;

/** Told about each reload, for the service manager. */
export interface ReloadObserver {
  begun(): void;
  ended(): void;
}

/** The reloads of a daemon, by signal or by control socket. */
export class Reloads {
  readonly #reload: Reload;
  readonly #log: Logger;
  #observer: ReloadObserver | undefined;
  #refusal: string | undefined = "the daemon is starting";
  #last: Promise<unknown> = Promise.resolve();
  #status: ReloadStatus = { loadedAt: new Date().toISOString(), needsRestart: [] };

  constructor(reload: Reload, log: Logger) {
    this.#reload = reload;
    this.#log = log;
  }

  /** For the daemon's status. */
  get status(): ReloadStatus {
    return this.#status;
  }

  /** From now on requests are accepted: the daemon has started. */
  open(observer: ReloadObserver): void {
    this.#observer = observer;
    this.#refusal = undefined;
  }

  /** From now on requests are refused: the daemon stops. Resolves when the reload under way has ended. Never rejects. */
  async close(): Promise<void> {
    this.#refusal = "the daemon is stopping";
    await this.#last;
  }

  /** Reloads after all earlier reloads. Never rejects: errors are in the report. */
  request(): Promise<ReloadReport> {
    const report = this.#last.then(() => this.#run());
    this.#last = report;
    return report;
  }

  async #run(): Promise<ReloadReport> {
    if (this.#refusal !== undefined) return refusedFor([this.#refusal]);
    this.#observer?.begun();
    try {
      return this.#accept(await this.#reload());
    } catch (error) {
      return this.#refuse(explainError(error));
    } finally {
      this.#observer?.ended();
    }
  }

  #accept({ applied, needsRestart, problems = [], summary = {} }: Reloaded): ReloadReport {
    const failed = problems.length > 0 && { refused: problems.join("\n") };
    this.#status = { loadedAt: new Date().toISOString(), needsRestart, ...failed };
    if (needsRestart.length > 0) this.#log.warn({ keys: needsRestart }, "changed in the file, but needs a restart");
    if (failed) this.#log.error({ problems }, "a part of the new configuration is not in use");
    this.#log.info({ ...summary, applied, needsRestart }, "configuration reloaded");
    return { accepted: true, applied, needsRestart, problems };
  }

  #refuse(refused: string): ReloadReport {
    const problems = refused.split("\n");
    this.#status = { ...this.#status, refused };
    this.#log.error({ problems }, "new configuration refused, the old one stays");
    return refusedFor(problems);
  }
}

function refusedFor(problems: readonly string[]): ReloadReport {
  return { accepted: false, applied: [], needsRestart: [], problems };
}

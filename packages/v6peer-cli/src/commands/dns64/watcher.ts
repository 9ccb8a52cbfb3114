/** Probes candidates, chooses prefixes and keeps a server up to date: the I/O around {@link PrefixSelector}. */
import { type Probe, probePrefix } from "../../shared-prefixes/probe.ts";
import type { Candidate } from "./candidates.ts";
import type { Gathered } from "./gather.ts";
import type { Journal } from "./journal.ts";
import { rememberedLines } from "./memory.ts";
import type { Publisher } from "./publisher.ts";
import { type Change, PrefixSelector } from "./selector.ts";
import type { Dns64Plan } from "./servers/index.ts";
import type { Dns64Settings } from "./settings.ts";

/** Time after which the list of prefixes is fetched again and a failed update of the server is retried. */
const REFRESH_MS = 60_000;

/** Time after which a failed fetch of the list is retried. */
const LIST_RETRY_MS = 10_000;

/** The parts of a watcher. */
export interface WatcherParts {
  readonly settings: Dns64Settings;
  readonly gather: () => Promise<Gathered>;
  readonly publisher: Publisher;
  readonly journal: Journal;
  /** The parts of the file that do not depend on prefixes. */
  readonly plan: Pick<Dns64Plan, "isLab" | "interface">;
  readonly signal: AbortSignal;
}

export class Watcher {
  readonly #parts: WatcherParts;
  readonly #selector: PrefixSelector;
  #woken: () => void = () => {};
  #isWoken = false;
  #notes = "";
  /** Prefixes and comments of the last attempt, successful or not. */
  #tried: string | undefined;
  #retryAt: number = Number.POSITIVE_INFINITY;
  #refreshAt: number;
  #isRefreshing = false;

  private constructor(parts: WatcherParts, first: Gathered) {
    const { interval, failures, successes, over, active } = parts.settings;
    const rules = { active, interval: interval * 1000, failures, successes, over: over * 1000 };
    const now = performance.now();
    this.#parts = parts;
    this.#refreshAt = now + (first.listProblem === undefined ? REFRESH_MS : LIST_RETRY_MS);
    this.#selector = new PrefixSelector(rules, first.candidates, now);
    this.#logNotes(first);
  }

  /** Gathers the first candidates. */
  static async create(parts: WatcherParts): Promise<Watcher> {
    return new Watcher(parts, await parts.gather());
  }

  /** Runs until the server has the first choice, or the signal. Resolves with whether it has, and a prefix works. */
  async once(): Promise<boolean> {
    const { signal } = this.#parts;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
    while (!this.#selector.isDecided && !signal.aborted) await this.#turn();
    if (signal.aborted) return false;
    return (await this.#publish()) && this.#selector.isHealthy;
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal } = this.#parts;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
    while (!signal.aborted) {
      await this.#turn();
      if (this.#selector.isDecided && !signal.aborted) await this.#publish();
    }
  }

  /** Starts due probes and fetches, and waits for the next event. */
  async #turn(): Promise<void> {
    const now = performance.now();
    for (const candidate of this.#selector.takeDue(now)) this.#probe(candidate);
    if (now >= this.#refreshAt) this.#refresh(now);
    const until = Math.min(this.#selector.nextDeadline(), this.#refreshAt, this.#retryAt);
    if (!this.#isWoken) {
      const timer = setTimeout(() => this.#wake(), Math.max(10, until - now));
      await new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
      clearTimeout(timer);
    }
    this.#isWoken = false;
  }

  #wake(): void {
    this.#isWoken = true;
    this.#woken();
  }

  #probe(candidate: Candidate): void {
    const { settings, signal } = this.#parts;
    const { nat64Prefix } = candidate;
    const done = (probe: Probe) => {
      this.#logChanges(this.#selector.note(nat64Prefix, probe, performance.now()));
      this.#wake();
    };
    probePrefix(candidate, { targets: settings.targets, signal }).then(done, (error: Error) => {
      if (!signal.aborted) done({ health: "down", reason: error.message });
    });
  }

  #refresh(now: number): void {
    this.#refreshAt = now + REFRESH_MS;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.#parts
      .gather()
      .then(
        (gathered) => {
          this.#logNotes(gathered);
          // Without the list it is unknown which candidates have gone, so all of them stay.
          if (gathered.listProblem !== undefined) {
            this.#refreshAt = performance.now() + LIST_RETRY_MS;
            return;
          }
          this.#logChanges(this.#selector.setCandidates(gathered.candidates, performance.now()));
        },
        (error: Error) => this.#parts.journal.problem("gather", error.message),
      )
      .finally(() => {
        this.#isRefreshing = false;
        this.#wake();
      });
  }

  /** Publishes the chosen prefixes unless the server has them. */
  async #publish(): Promise<boolean> {
    const { publisher, journal, plan } = this.#parts;
    const prefixes = this.#selector.chosen.map(({ nat64Prefix }) => nat64Prefix);
    const remembered = rememberedLines(this.#selector.candidates);
    const key = [...prefixes, ...remembered].join(" ");
    if (key === this.#tried && performance.now() < this.#retryAt) return this.#retryAt === Number.POSITIVE_INFINITY;
    const { result, problem } = await publisher.publish({
      ...plan,
      prefixes,
      withdrawn: this.#selector.withdrawn,
      remembered,
    });
    const isDone = problem === undefined;
    this.#tried = key;
    this.#retryAt = isDone ? Number.POSITIVE_INFINITY : performance.now() + REFRESH_MS;
    journal.published(result, prefixes, problem, this.#selector.isHealthy);
    return isDone;
  }

  #logNotes({ notes, listProblem }: Gathered): void {
    const all = [...(listProblem === undefined ? [] : [`the list of prefixes: ${listProblem}`]), ...notes];
    const text = all.join("\n");
    if (text === this.#notes) return;
    this.#notes = text;
    for (const note of all) this.#parts.journal.note(note);
  }

  #logChanges(changes: readonly Change[]): void {
    for (const change of changes) this.#parts.journal.change(change);
  }
}

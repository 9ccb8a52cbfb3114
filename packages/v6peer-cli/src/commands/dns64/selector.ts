/**
 * Selects the candidates for a DNS64 and schedules their probes. Sans-IO: the caller passes in times and results.
 *
 * Call {@link PrefixSelector.takeDue} for the candidates to probe, {@link PrefixSelector.note} with each result, and come
 * back at {@link PrefixSelector.nextDeadline}. All times are in milliseconds.
 */
import type { Probe } from "../../shared-prefixes/probe.ts";
import type { Candidate } from "./candidates.ts";
import { Hysteresis, type HysteresisRules } from "./hysteresis.ts";

/** The rules of selection. */
export interface SelectorRules extends HysteresisRules {
  /** Maximum number of prefixes in use at once. */
  readonly active: number;
  /** Milliseconds between two probes of a prefix. */
  readonly interval: number;
}

/** Time after which a doubtful prefix is probed again. */
const DOUBTFUL_INTERVAL_MS = 2_000;

/** Maximum number of prefixes that are remembered after their use. */
const MAX_REMEMBERED = 8;

/** A change of a candidate. */
export interface Change {
  readonly candidate: Candidate;
  readonly event: "works" | "fails" | "left" | "returned" | "new" | "gone";
  /** Why it fails or was removed. */
  readonly reason?: string;
}

interface Entry {
  candidate: Candidate;
  readonly hysteresis: Hysteresis;
  /** When to probe it next; infinite while it is being probed. */
  due: number;
}

export class PrefixSelector {
  readonly #rules: SelectorRules;
  #entries: Entry[] = [];
  #isStarted = false;
  #chosen: readonly Candidate[] = [];
  #everChosen: Set<string> = new Set();

  constructor(rules: SelectorRules, candidates: readonly Candidate[], now: number) {
    this.#rules = rules;
    this.setCandidates(candidates, now);
  }

  /**
   * Sets the candidates, the preferred ones first. Existing candidates keep their results. Candidates that are added
   * after the first choice start as removed ones: they need several successful probes.
   */
  setCandidates(candidates: readonly Candidate[], now: number): readonly Change[] {
    const before = new Map(this.#entries.map((entry) => [entry.candidate.nat64Prefix, entry]));
    const changes: Change[] = [];
    this.#entries = candidates.map((candidate) => {
      const known = before.get(candidate.nat64Prefix);
      before.delete(candidate.nat64Prefix);
      if (known !== undefined) {
        known.candidate = candidate;
        return known;
      }
      if (this.#isStarted) changes.push({ candidate, event: "new" });
      const hysteresis = new Hysteresis(this.#rules, this.#isStarted ? "out" : "unknown");
      return { candidate, hysteresis, due: now };
    });
    for (const { candidate } of before.values()) changes.push({ candidate, event: "gone" });
    this.#choose();
    return changes;
  }

  /** The candidates to probe now. The caller must report each result with {@link PrefixSelector.note}. */
  takeDue(now: number): readonly Candidate[] {
    const due = this.#entries.filter((entry) => entry.due <= now);
    for (const entry of due) entry.due = Number.POSITIVE_INFINITY;
    return due.map(({ candidate }) => candidate);
  }

  /** Records the result of a probe. Results of candidates that were removed meanwhile are ignored. */
  note(nat64Prefix: string, probe: Probe, now: number): readonly Change[] {
    const entry = this.#entries.find(({ candidate }) => candidate.nat64Prefix === nat64Prefix);
    if (entry === undefined) return [];
    const { hysteresis, candidate } = entry;
    const before = hysteresis.standing;
    const hasChanged = hysteresis.note(probe.health === "up", now);
    entry.due =
      now + (hysteresis.isDoubtful ? Math.min(DOUBTFUL_INTERVAL_MS, this.#rules.interval) : this.#rules.interval);
    if (!hasChanged) return [];
    this.#choose();
    if (hysteresis.standing === "in") return [{ candidate, event: before === "unknown" ? "works" : "returned" }];
    const event = before === "unknown" ? "fails" : "left";
    return [{ candidate, event, ...(probe.reason !== undefined && { reason: probe.reason }) }];
  }

  /** When to come back, in milliseconds; infinite while all candidates are being probed. */
  nextDeadline(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#entries.map(({ due }) => due));
  }

  /** Whether enough is known of every candidate for a first choice. */
  get isDecided(): boolean {
    return this.#isStarted;
  }

  /**
   * The candidates in use, the preferred ones first. If none works, the last working ones stay, or the most preferred ones
   * are used if none ever worked: removing them would help nobody, and clients have them as soon as they work again.
   */
  get chosen(): readonly Candidate[] {
    return this.#chosen;
  }

  /** Whether any candidate works. */
  get isHealthy(): boolean {
    return this.#entries.some(({ hysteresis }) => hysteresis.standing === "in");
  }

  /** Prefixes that were in use and no longer are. */
  get withdrawn(): readonly string[] {
    const now = new Set(this.#chosen.map(({ nat64Prefix }) => nat64Prefix));
    return [...this.#everChosen].filter((each) => !now.has(each)).sort();
  }

  /** All candidates, the preferred ones first. */
  get candidates(): readonly Candidate[] {
    return this.#entries.map(({ candidate }) => candidate);
  }

  #choose(): void {
    this.#isStarted ||= this.#entries.every(({ hysteresis }) => hysteresis.standing !== "unknown");
    if (!this.#isStarted) return;
    const good = this.#entries.filter(({ hysteresis }) => hysteresis.standing === "in");
    const stillThere = new Set(this.#entries.map(({ candidate }) => candidate.nat64Prefix));
    const still = this.#chosen.filter(({ nat64Prefix }) => stillThere.has(nat64Prefix));
    const best = good.length > 0 ? good : still.length > 0 ? [] : this.#entries;
    this.#chosen = best.length > 0 ? best.slice(0, this.#rules.active).map(({ candidate }) => candidate) : still;
    for (const { nat64Prefix } of this.#chosen) {
      this.#everChosen.delete(nat64Prefix);
      this.#everChosen.add(nat64Prefix);
    }
    for (const oldest of this.#everChosen) {
      if (this.#everChosen.size <= MAX_REMEMBERED) break;
      this.#everChosen.delete(oldest);
    }
  }
}

/** What an honest client kept under an attack, and the limits for it. */
import type { Window } from "./honest-client.ts";

/** Shares from 0 to 1; bulk is a share of what the client had without the attack. `null`: not measured. */
export interface Kept {
  readonly bulk: number | null;
  readonly connections: number | null;
  readonly answers: number | null;
  readonly pingsLost: number | null;
}

/** A limit, and what was measured. */
export interface LimitOutcome {
  /** What is limited. */
  readonly what: string;
  readonly kind: "at least" | "at most";
  readonly bound: number;
  readonly measured: number | null;
  /** `percent` for shares from 0 to 1; otherwise a unit, or nothing for a count. */
  readonly unit: string;
  /** Not met if it was not measured. */
  readonly met: boolean;
}

const share = (part: number, of: number): number | null => (of === 0 ? null : part / of);

/** Compares the time of an attack with the time before it. */
export function keptOf(before: Window, during: Window): Kept {
  const bulkBefore = before.bytes / before.seconds;
  return {
    bulk: bulkBefore > 0 ? during.bytes / during.seconds / bulkBefore : null,
    connections: share(during.connected, during.connections),
    answers: share(during.answers, during.questions),
    pingsLost: share(during.pings - during.pongs, during.pings),
  };
}

/** Compares with the limits of every flood: what an honest client keeps at least. */
export function limitsOfHonest(kept: Kept, bulkAtLeast = 0.9): LimitOutcome[] {
  return [
    limit("paced connection, of what it had without the attack", "at least", bulkAtLeast, kept.bulk),
    limit("new connections that succeed", "at least", 0.99, kept.connections),
    limit("questions over UDP that are answered", "at least", 0.98, kept.answers),
    limit("pings that are lost", "at most", 0.02, kept.pingsLost),
  ];
}

/** One limit. */
export function limit(
  what: string,
  kind: LimitOutcome["kind"],
  bound: number,
  measured: number | null,
  unit = "percent",
): LimitOutcome {
  const met = measured !== null && (kind === "at least" ? measured >= bound : measured <= bound);
  return { what, kind, bound, measured, unit, met };
}

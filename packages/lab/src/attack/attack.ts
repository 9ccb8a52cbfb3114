import type { FloodRate } from "./flood.ts";
import type { Window } from "./honest-client.ts";
import type { Kept, LimitOutcome } from "./kept.ts";

/** How an attack is to be run. */
export interface AttackOptions {
  /** How long it attacks. */
  readonly seconds: number;
  /** Packets per second of a flood; other attacks have a rate of their own. `undefined`: the attack's default. */
  readonly rate: FloodRate | undefined;
  /** Whether the same flood also meets plain kernel forwarding, for comparison. */
  readonly kernel: boolean;
  /** Tells a person what happens now. */
  readonly say: (text: string) => void;
}

/** An honest client in one world, without the attack and under it. */
export interface Column {
  /** "ours" or "kernel". */
  readonly name: string;
  readonly before: Window;
  readonly during: Window;
  readonly kept: Kept;
  /** How often the paced connection broke. */
  readonly breaks: number;
  /** Packets per second that the attacker sent. `null` if it is no flood. */
  readonly reached: number | null;
  /** Seconds after the attack's start from which on most new connections failed. `null`: they did not. */
  readonly shutOutAfter: number | null;
  /** CPU of the translator during the attack, in percent of a core. `null` for the kernel. */
  readonly cpu: number | null;
  /** CPU of the whole machine during the attack, attacker and other programs included, in percent of a core. */
  readonly machineCpu: number;
  /** The machine's load average (1 minute) at the end of the attack. */
  readonly load: number;
  /** Counters of refusals that rose during the attack, and how far; and some gauges at its end. */
  readonly counters: Readonly<Record<string, number>>;
}

/** The outcome of an attack. */
export interface AttackResult {
  readonly columns: readonly Column[];
  /** Of ours. */
  readonly limits: readonly LimitOutcome[];
  /** What else was seen. */
  readonly notes: readonly string[];
}

/** An attack on a running service. */
export interface Attack {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly title: string;
  /** The rate of its flood, unless another is asked for. */
  readonly rate?: FloodRate;
  /** How long it attacks, unless told otherwise. Default 60. */
  readonly seconds?: number;
  /** Builds what it needs, attacks, and takes it down. */
  run(options: AttackOptions): Promise<AttackResult>;
}

import type { Setting } from "../bench/setting.ts";
import type { Attack, AttackOptions, AttackResult } from "./attack.ts";
import type { FloodRate } from "./flood.ts";

/** The outcome of an attack, and everything needed to repeat it. */
export interface AttackReport extends AttackResult, Setting {
  readonly attack: string;
  readonly title: string;
  /** What was asked for. `null` if it is no flood. */
  readonly rate: FloodRate | null;
  /** Whether every limit was kept. */
  readonly kept: boolean;
}

/** Runs an attack and describes the outcome. */
export async function runAttack(attack: Attack, options: AttackOptions, setting: Setting): Promise<AttackReport> {
  const result = await attack.run(options);
  return {
    attack: attack.name,
    title: attack.title,
    rate: attack.rate === undefined ? null : (options.rate ?? attack.rate),
    ...setting,
    ...result,
    kept: result.limits.every(({ met }) => met),
  };
}

/** The options of `npm run attack`. */
import { parseArgs } from "node:util";
import { UsageError } from "@nat64/daemon-kit/command-line";
import type { Attack } from "./attack.ts";
import type { FloodRate } from "./flood.ts";

/** What to run. */
export interface AttackCommand {
  readonly attacks: readonly Attack[];
  readonly list: boolean;
  /** `undefined`: the attack's own. */
  readonly seconds: number | undefined;
  readonly rate: FloodRate | undefined;
  readonly kernel: boolean;
  readonly json: boolean;
}

const LONGEST_SECONDS = 3600;
const HIGHEST_RATE = 10_000_000;

/** Reads the command line. Throws {@link UsageError}, or what `parseArgs` throws. */
export function attackCommand(args: readonly string[], known: readonly Attack[]): AttackCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      for: { type: "string" },
      rate: { type: "string" },
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      "no-kernel": { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const attacks = positionals.map((name) => {
    const attack = known.find((each) => each.name === name);
    if (attack === undefined) throw new UsageError(`unknown attack "${name}"; --list shows all`);
    return attack;
  });
  if (attacks.length === 0 && !values.list) throw new UsageError("name an attack; --list shows all");
  return {
    attacks,
    list: values.list,
    seconds: values.for === undefined ? undefined : durationOf(values.for),
    rate: values.rate === undefined ? undefined : rateOf(values.rate),
    kernel: !values["no-kernel"],
    json: values.json,
  };
}

/** `90`, `90s` or `10m`. */
function durationOf(text: string): number {
  const [, number, unit] = /^(\d+)([sm]?)$/.exec(text) ?? [];
  const seconds = Number(number) * (unit === "m" ? 60 : 1);
  if (seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new UsageError(`--for must be a time from 1s to ${LONGEST_SECONDS / 60}m, not "${text}"`);
}

function rateOf(text: string): FloodRate {
  if (text === "max") return text;
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= HIGHEST_RATE) return rate;
  throw new UsageError(`--rate must be "max" or a whole number from 1 to ${HIGHEST_RATE}, not "${text}"`);
}

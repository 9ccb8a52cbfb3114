/** What `npm run sim` may be told. */
import { parseArgs } from "node:util";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { DEFAULTS, type ScenarioOptions, SHORTEST_HOURS } from "./scenario/options.ts";

/** The options of a run, and whether the report is JSON. @throws UsageError, or what `parseArgs` throws */
export function readOptions(args: readonly string[]): ScenarioOptions & { readonly json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      v6: { type: "string" },
      v4: { type: "string" },
      hours: { type: "string" },
      loss: { type: "string" },
      restarts: { type: "string" },
      exits: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const whole = (name: keyof typeof values & keyof ScenarioOptions, least: number, most: number): number => {
    const number = within(name, values[name] as string | undefined, least, most);
    if (!Number.isInteger(number)) throw new UsageError(`--${name} wants a whole number, not ${number}`);
    return number;
  };
  return {
    ...DEFAULTS,
    seed: whole("seed", 0, Number.MAX_SAFE_INTEGER),
    v6: whole("v6", 1, 1_000),
    v4: whole("v4", 1, 10_000),
    hours: within("hours", values.hours, SHORTEST_HOURS, 1_000),
    loss: within("loss", values.loss, 0, 0.2),
    restarts: whole("restarts", 0, 100),
    exits: whole("exits", 1, 32),
    json: values.json,
  };
}

function within(name: keyof ScenarioOptions, text: string | undefined, least: number, most: number): number {
  const value = text === undefined ? DEFAULTS[name] : text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${name} wants a number from ${least} to ${most}, not "${text}"`);
}

// The options of "npm run bench -- local", "-- peer" and "-- picture", checked as far as possible before the lab is built.
import { parseArgs } from "node:util";

export const HELP = `  --json            print JSON on standard output (use "npm run -s" to suppress npm's own lines)
  --goals           show which goals are met; exit with 3 if one is missed
  --svg FILE        also draw a chart of the ratios
  --rounds N        number of rounds (default 5)
  --seconds N       duration of each measurement (default 3)
  --only NAMES      measure only these columns (comma-separated)
  --probes NAMES    run only these measurements, by name or prefix, as in --probes tcp-1-up,ping-pong
  --tundra PATH     local only: also measure tundra-nat64, given the path of its binary
  --other NAME=PROGRAM  local only: also measure another translator, started by PROGRAM; see packages/lab/README.md
`;

const OPTIONS = {
  json: { type: "boolean" },
  goals: { type: "boolean" },
  svg: { type: "string" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  // Only the lab can check the values of these.
  only: { type: "string" },
  probes: { type: "string" },
  tundra: { type: "string" },
  other: { type: "string", multiple: true },
};
const MAX = { rounds: 100, seconds: 600 };

/** Returns `{ problem }` with a message if the options are invalid, otherwise an empty object. */
export function readOptions(args) {
  return check(() => {
    const { values } = parseArgs({ args, options: OPTIONS });
    for (const [option, max] of Object.entries(MAX)) {
      const value = Number(values[option] ?? 1);
      if (!Number.isInteger(value) || value < 1 || value > max) {
        throw new Error(`--${option} must be a whole number from 1 to ${max}, not "${values[option]}"`);
      }
    }
  });
}

/** The same for the options of `picture`. */
export function readPictureOptions(args) {
  return check(() => {
    const { positionals } = parseArgs({ args, options: { svg: OPTIONS.svg }, allowPositionals: true });
    if (positionals.length !== 1) throw new Error("picture needs exactly one file: the --json output of a bench");
  });
}

function check(reading) {
  try {
    reading();
    return {};
  } catch (error) {
    return { problem: error.message };
  }
}

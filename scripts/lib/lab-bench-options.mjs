// What may be typed behind "npm run bench -- local", "-- peer" and "-- picture", as far as it can be known before the lab is built.
import { parseArgs } from "node:util";

export const HELP = `  --json            machine readable on standard output (npm run -s leaves npm's own lines away)
  --goals           say which goals are met; the exit code is then 3 when one is missed
  --svg FILE        draw the ratios, too
  --rounds N        default 5
  --seconds N       per measurement, default 3
  --only NAMES      some columns, with commas between; a wrong one makes it say which there are
  --probes NAMES    some measurements, or what their names begin with, as in --probes tcp-1-up,ping-pong
  --tundra PATH     local only: tundra-nat64, which no distribution ships, by its binary
  --other NAME=PROGRAM  local only: any other translator, brought up by a program of yours; packages/lab/README.md
                    says what it is given
`;

const OPTIONS = {
  json: { type: "boolean" },
  goals: { type: "boolean" },
  svg: { type: "string" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  // What these may be only the lab knows.
  only: { type: "string" },
  probes: { type: "string" },
  tundra: { type: "string" },
  other: { type: "string", multiple: true },
};
const MOST = { rounds: 100, seconds: 600 };

/** `{ problem }` with a sentence when something is wrong with the options, otherwise an empty object. */
export function readOptions(args) {
  return check(() => {
    const { values } = parseArgs({ args, options: OPTIONS });
    for (const [option, most] of Object.entries(MOST)) {
      const value = Number(values[option] ?? 1);
      if (!Number.isInteger(value) || value < 1 || value > most) {
        throw new Error(`--${option} wants a whole number from 1 to ${most}, not "${values[option]}"`);
      }
    }
  });
}

/** The same for what may be typed behind `picture`. */
export function readPictureOptions(args) {
  return check(() => {
    const { positionals } = parseArgs({ args, options: { svg: OPTIONS.svg }, allowPositionals: true });
    if (positionals.length !== 1) throw new Error("picture wants one file with the JSON of a bench");
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

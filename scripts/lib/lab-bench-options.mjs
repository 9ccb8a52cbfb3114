// What may be typed behind "npm run bench -- local" and "-- peer", as far as it can be known before the lab is built.
import { parseArgs } from "node:util";

export const HELP = `  --json            machine readable on standard output (npm run -s leaves npm's own lines away)
  --rounds N        default 5
  --seconds N       per measurement, default 3
  --only NAMES      some of them; a wrong one makes it say which there are
`;

const OPTIONS = {
  json: { type: "boolean" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  only: { type: "string" }, // the lab knows the names
};
const MOST = { rounds: 100, seconds: 600 };

/** `{ problem }` with a sentence when something is wrong with the options, otherwise an empty object. */
export function readOptions(args) {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    for (const [option, most] of Object.entries(MOST)) {
      const value = Number(values[option] ?? 1);
      if (!Number.isInteger(value) || value < 1 || value > most) {
        return { problem: `--${option} wants a whole number from 1 to ${most}, not "${values[option]}"` };
      }
    }
    return {};
  } catch (error) {
    return { problem: error.message };
  }
}

/** What may be typed behind `engine.mjs`. Needs nothing that is built, so that it can be checked before a build. */
import { parseArgs } from "node:util";

export const HELP = `  --json            one JSON object on standard output
  --rounds N        rounds of each measurement (default 5)
  --flows N,N,…     numbers of flows (default 10000,1000000)
  --inline BYTES    how much bytecode V8 may inline into one function (default 3000, as in the daemons; V8's own is 920)
  --scale           instead: how long single calls take with a full table of sessions under mixed load
  --sessions N      of --scale: size of the table (default 1000000)
`;

/** The smallest session table of the engine, and as many as the bench's pool has ports for. */
const FLOWS = [16, 2_000_000];
/** V8's own default, and far beyond what makes a difference. */
const INLINED = [920, 20_000];
/** The pinned half of them has to fit the ports of one peer exit. */
const SESSIONS = [10_000, 1_300_000];

/**
 * The options, or `{ problem }` with a sentence when something is wrong with them.
 *
 * @param {readonly string[]} args
 */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean", default: false },
        rounds: { type: "string", default: "5" },
        inline: { type: "string", default: "3000" },
        scale: { type: "boolean", default: false },
        sessions: { type: "string", default: "1000000" },
        flows: { type: "string", default: "10000,1000000" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return {
      json: values.json,
      help: values.help,
      inline: wholeNumber("--inline", values.inline, INLINED),
      scale: values.scale,
      sessions: wholeNumber("--sessions", values.sessions, SESSIONS),
      rounds: wholeNumber("--rounds", values.rounds, [1, 100]),
      flows: values.flows.split(",").map((text) => wholeNumber("--flows", text, FLOWS)),
    };
  } catch (error) {
    return { problem: error.message };
  }
}

function wholeNumber(option, text, [least, most]) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${option} wants a whole number from ${least} to ${most}, not "${text}"`);
}

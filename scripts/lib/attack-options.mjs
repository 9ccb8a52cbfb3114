// The options of "npm run attack", checked as far as possible before anything is installed.
import { parseArgs } from "node:util";

export const HELP = `Usage: npm run attack -- NAME... [OPTIONS]
       npm run attack -- --list

Attacks a running service in network namespaces on this machine, with real packets and the real daemons, and shows what
an honest client keeps of its service. Needs root. docs/attacks.md describes every attack.

OPTIONS
  --list         List the attacks.
  --for TIME     Duration of the attack: 90s, 10m. (default 60s)
  --rate N       Packets per second of a flood, or "max" for as many as one core can send.
  --no-kernel    Skip the comparison with plain kernel forwarding under the same flood.
  --json         Print JSON on standard output (use "npm run -s" to suppress npm's own lines).
  --help         Show this help.

Progress is printed on standard error. Exit codes: 1 the honest client kept less than a limit, 2 usage error, 3 the
measurement failed.
`;

const OPTIONS = {
  for: { type: "string" },
  rate: { type: "string" },
  list: { type: "boolean" },
  "no-kernel": { type: "boolean" },
  json: { type: "boolean" },
};

/** Returns `{ problem }` with a message if the options are invalid, otherwise `{ list }`. */
export function readOptions(args) {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    if (positionals.length === 0 && !values.list) return { problem: "Name an attack; --list shows all." };
    return { list: values.list === true };
  } catch (error) {
    return { problem: error.message };
  }
}

/** The command line of `v4peer`. */
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseBandwidth } from "@nat64/daemon-kit/config";
import { LONGEST_DRAIN } from "@nat64/peer-protocol";
import { auditDirectoryOf } from "../config/audit-log.ts";
import type { ConfigFile } from "../config/file.ts";
import type { Overrides } from "../config/load.ts";
import type { Paths } from "../daemon.ts";
import type { AbuseArguments } from "./abuse.ts";

export const HELP = `v4peer: the IPv4 peer. Lets IPv6 peers reach IPv4 through this host, or publishes services of this host.

Usage: v4peer run    [--config FILE] [--coordinator HOST[:PORT]] [--internet] [--publish PORT[/udp]]… [more]
       v4peer status [--json] [--config FILE | --socket PATH]
       v4peer drain  [--within SECONDS] [--detach] [--json] [--config FILE | --socket PATH]
       v4peer unpair PEER [--within SECONDS] [--json] [--config FILE | --socket PATH]
       v4peer abuse  --at TIME --port N [--protocol tcp|udp] [--language en|da] [--letter FILE|-] [--json] [more]
       v4peer check  [as run]
       v4peer undo   [as run]

run     connects to the coordinator and runs until SIGTERM or SIGINT, which undo all that it has set up. With neither
        --internet nor --publish it tells the kind of NAT and what it could offer, and forwards nothing.
status  asks the one that runs
drain   ends the one that runs in peace: it takes no new pairs, IPv6 peers send new clients elsewhere, what runs may go on
        for the seconds that were given, and then it ends. Shows how far it is; interrupted, it goes on all the same
unpair  ends the pair with one IPv6 peer: PEER is its id, the beginning of it, or its prefix, as status shows them. The
        coordinator may propose it again after a while: with peers.only-wanted it never comes back
abuse   answers a complaint: which IPv6 peer had a port at a time, how certain that is, and a reply letter. PORT is the
        source port as the complainant saw it; TIME is such as "2031-05-17 23:04:05 +0200", a line of a log, or Unix seconds
check   looks whether run would work here
undo    takes back what a run that was killed has left on this host; the next run does it, too

  -c, --config FILE        the configuration; what stands on the command line wins
      --coordinator HOST   the coordinator, with :PORT if it is not 3544
      --pin PIN            the coordinator's key, "sha256//…", instead of a CA
      --ca FILE            CAs to trust, PEM
      --invite TEXT        where the coordinator wants one
      --internet           let everybody whom the coordinator sends reach the IPv4 internet through this host
      --publish PORT       make a service of this host reachable from IPv6: PORT, or PORT/udp; may be repeated
      --want PEER          id of an IPv6 peer to be paired with; may be repeated
      --only-wanted        with nobody else
      --bandwidth N        bits per second, each direction: 20M, 500k, …
      --max-pairs N        pairs, 1 to 64 (default 4)
      --udp-port N         the UDP port (default: the system chooses)
      --interface NAME     name of the TUN device (default v4peer)
      --identity FILE      the private key; made at first run
      --socket PATH        the control socket
      --lab                allow addresses that no real network uses
      --log-level LEVEL    trace, debug, info, warn, error, fatal or silent
      --within SECONDS     time for what runs to end, up to 3600 (drain: default 60; unpair: default 0)
      --detach             come back at once instead of at the end (drain)
      --at TIME            when it was, with its time zone (abuse)
      --port N             the port (abuse)
      --protocol NAME      tcp or udp (abuse)
      --skew SECONDS       how far clocks may be apart (abuse: default 60)
      --language CODE      of the letter: en or da (abuse: default en)
      --letter FILE        write the letter to a new file; "-": print the letter and nothing else (abuse)
      --audit-log DIR      look into this audit log (abuse)
      --json               print JSON (status, check, unpair, abuse), or a JSON object on each line (drain)
  -h, --help               show this and exit
  -V, --version            show the version and exit

Exit codes: 0 as asked, 1 bad news (of check), refused, or no pair had the port (of abuse), 64 wrong arguments, 69 nobody to ask, 70 the data path failed,
71 this host refused something, 78 wrong configuration.
`;

/** Wrong arguments; `message` says which. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

const COMMANDS = ["run", "status", "drain", "unpair", "abuse", "check", "undo", "help", "version"] as const;
type Command = (typeof COMMANDS)[number];

export interface Arguments {
  readonly command: Command;
  /** The IPv6 peer of `unpair`. */
  readonly peer: string;
  /** Seconds, if given. */
  readonly within: number | undefined;
  readonly isDetached: boolean;
  /** Of `abuse`. */
  readonly complaint: AbuseArguments & { readonly auditLog: string | undefined };
  readonly config: string | undefined;
  readonly overrides: Overrides;
  readonly socket: string | undefined;
  readonly json: boolean;
}

/** Throws a {@link UsageError}. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const command = values.help ? "help" : values.version ? "version" : positionals[0];
  if (command === undefined)
    throw new UsageError("a command is missing: run, status, drain, unpair, abuse, check or undo");
  if (!isCommand(command)) throw new UsageError(`there is no command "${command}"`);
  const [, peer = "", tooMuch = command === "unpair" ? undefined : positionals[1]] = positionals;
  if (tooMuch !== undefined) throw new UsageError(`one command at a time: "${tooMuch}" is too much`);
  if (command === "unpair" && peer === "") throw new UsageError("unpair: which IPv6 peer? v4peer status shows them");
  const read: Arguments = {
    command,
    peer,
    within: values.within === undefined ? undefined : secondsOf(values.within),
    isDetached: values.detach === true,
    complaint: { ...values, auditLog: absolute(values["audit-log"]) },
    config: values.config === undefined ? undefined : resolve(values.config),
    overrides: overridesOf(values),
    socket: values.socket,
    json: values.json === true,
  };
  if (["run", "check", "undo"].includes(command) && values.config === undefined && values.coordinator === undefined) {
    throw new UsageError(`${command}: which coordinator? Say --coordinator HOST, or --config FILE with one in it`);
  }
  return read;
}

function isCommand(text: string): text is Command {
  return (COMMANDS as readonly string[]).includes(text);
}

/** Where this user's things are, unless the configuration says otherwise. */
export function pathsOf(
  config: Pick<ConfigFile, "identity" | "control" | "audit-log" | "lab"> | undefined,
  socket?: string,
): Paths {
  const isRoot = process.getuid?.() === 0;
  const { XDG_STATE_HOME: state = `${homedir()}/.local/state`, XDG_RUNTIME_DIR: runtime } = process.env;
  const place = isRoot ? "/run/v4peer" : runtime === undefined ? `${state}/v4peer` : `${runtime}/v4peer`;
  const identity = config?.identity ?? `${isRoot ? "/var/lib" : state}/v4peer/identity.pem`;
  const auditLog = config === undefined ? `${dirname(identity)}/audit` : auditDirectoryOf(config, dirname(identity));
  return {
    identity,
    ...(auditLog !== undefined && { auditLog }),
    socket: socket ?? config?.control.socket ?? `${place}/control.sock`,
  };
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const many = { type: "string", multiple: true } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { ...text, short: "c" },
        coordinator: text,
        pin: text,
        ca: text,
        invite: text,
        internet: flag,
        publish: many,
        want: many,
        "only-wanted": flag,
        bandwidth: text,
        "max-pairs": text,
        "udp-port": text,
        interface: text,
        identity: text,
        socket: text,
        lab: flag,
        "log-level": text,
        within: text,
        at: text,
        port: text,
        protocol: text,
        skew: text,
        language: text,
        letter: text,
        "audit-log": text,
        detach: flag,
        json: flag,
        help: { ...flag, short: "h" },
        version: { ...flag, short: "V" },
      },
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node's own text about a value that begins with a dash has three lines.
    const option = code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE" && /--[a-z-]+/.exec(message)?.[0];
    throw new UsageError(option ? `${option}: a value is missing, or begins with "-", or there must be none` : message);
  }
}

function overridesOf(values: Values): Overrides {
  const publish = values.publish?.map(publishOf);
  return withoutGaps({
    lab: values.lab,
    identity: values.identity === undefined ? undefined : resolve(values.identity),
    coordinator: {
      ...coordinatorOf(values.coordinator),
      ...withoutGaps({ pin: values.pin, ca: absolute(values.ca), invite: values.invite }),
    },
    exit: withoutGaps({
      internet: values.internet,
      publish,
      bandwidth: values.bandwidth === undefined ? undefined : bitsPerSecond(values.bandwidth),
      "max-pairs": numberOf("--max-pairs", values["max-pairs"]),
    }),
    peers: withoutGaps({ wants: values.want, "only-wanted": values["only-wanted"] }),
    host: withoutGaps({ interface: values.interface, "udp-port": numberOf("--udp-port", values["udp-port"]) }),
    control: withoutGaps({ socket: absolute(values.socket) }),
    log: withoutGaps({ level: values["log-level"] }),
  });
}

function coordinatorOf(text: string | undefined): Overrides {
  if (text === undefined) return {};
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  // An IPv6 address without brackets has colons of its own.
  if (match === null) return { host: text };
  return withoutGaps({ host: match[1] ?? match[2], port: numberOf("--coordinator", match[3]) });
}

function publishOf(text: string): Overrides {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/.exec(text);
  if (match === null) throw new UsageError(`--publish ${text}: expected PORT, PORT/udp or FIRST-LAST`);
  const [, first, last = first, protocol = "tcp"] = match;
  return { ports: [Number(first), Number(last)], protocol };
}

function bitsPerSecond(text: string): number {
  const found = parseBandwidth(text);
  if (found === undefined) throw new UsageError(`--bandwidth ${text}: expected bits per second such as 20M`);
  return found;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= LONGEST_DRAIN) return seconds;
  throw new UsageError(`--within ${text}: expected whole seconds from 0 to ${LONGEST_DRAIN}`);
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${option} ${JSON.stringify(text)}: expected a whole number`);
  return Number(text);
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** Empty tables, too, so that a missing one is called missing. */
function withoutGaps(table: Overrides): Overrides {
  const isGap = (value: unknown): boolean =>
    value === undefined ||
    (typeof value === "object" && !Array.isArray(value) && Object.keys(value as object).length === 0);
  return Object.fromEntries(Object.entries(table).filter(([, value]) => !isGap(value)));
}

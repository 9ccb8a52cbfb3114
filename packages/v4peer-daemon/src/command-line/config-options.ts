/** Options of the commands that take a whole configuration: from a file, from the command line, or from both. */
import { resolve } from "node:path";
import {
  configOption,
  inviteOf,
  inviteOption,
  parsePath,
  repeatable,
  socketOption,
  UsageError,
  wholeNumber,
} from "@nat64/daemon-kit/command-line";
import { parseBandwidth } from "@nat64/daemon-kit/config";
import { type Command, InvalidArgumentError } from "commander";
import type { ConfigFile } from "../config/config-file.ts";
import { loadConfig, type Overrides } from "../config/load.ts";

/** The values of these options. */
export interface ConfigOptions {
  readonly config?: string;
  readonly coordinator?: Overrides;
  readonly pin?: string;
  readonly ca?: string;
  readonly inviteFile?: string;
  readonly internet?: true;
  readonly publish?: readonly Overrides[];
  readonly want?: readonly string[];
  readonly onlyWanted?: true;
  readonly bandwidth?: number;
  readonly maxPairs?: number;
  readonly udpPort?: number;
  readonly interface?: string;
  readonly identity?: string;
  readonly socket?: string;
  readonly lab?: true;
  readonly logLevel?: string;
}

/** Larger numbers are refused here, smaller ones by the schema of the configuration, which knows the limits. */
const MAX_NUMBER = 999_999_999;

/** Adds the options to a command. */
export function addConfigOptions(command: Command): Command {
  return command
    .addOption(configOption("The configuration file. Options on the command line override it."))
    .option("--coordinator <host>", "The coordinator, with :PORT if it is not 3544.", parseCoordinator)
    .option("--pin <pin>", 'Pin of the coordinator\'s key ("sha256//…"), as an alternative to a CA.')
    .option("--ca <file>", "Certificates of the CAs to trust, in PEM.", parsePath)
    .addOption(inviteOption())
    .option("--internet", "Let anyone the coordinator pairs with you reach the IPv4 internet through this host.")
    .option(
      "--publish <port>",
      "Make a service of this host reachable from IPv6: PORT or PORT/udp. May be repeated.",
      repeatable(parsePublish),
    )
    .option("--want <peer>", "Id of an IPv6 peer to pair with. May be repeated.", repeatable(String))
    .option("--only-wanted", "Pair with no other IPv6 peers.")
    .option("--bandwidth <rate>", "Bits per second, each direction: 20M, 500k, …", parseRate)
    .option("--max-pairs <number>", "Maximum number of pairs, 1 to 64 (default 4).", wholeNumber(0, MAX_NUMBER))
    .option("--udp-port <number>", "The UDP port (default: the system chooses one).", wholeNumber(0, MAX_NUMBER))
    .option("--interface <name>", 'Name of the TUN device (default "v4peer").')
    .option("--identity <file>", "The private key. It is created on the first run.", parsePath)
    .addOption(socketOption("The control socket."))
    .option("--lab", "Allow addresses that no real network uses.")
    .option("--log-level <level>", "trace, debug, info, warn, error, fatal or silent.");
}

/** Reads the configuration. Throws a `ConfigFileError`, or a `UsageError` when neither file nor coordinator is given. */
export function loadFromOptions(options: ConfigOptions): ConfigFile {
  const { config, coordinator } = options;
  if (config === undefined && coordinator === undefined) {
    throw new UsageError("no coordinator given: use --coordinator HOST, or --config FILE with a coordinator in it");
  }
  return loadConfig(config === undefined ? undefined : resolve(config), overridesOf(options));
}

function overridesOf(options: ConfigOptions): Overrides {
  const { coordinator, pin, ca, internet, publish, bandwidth, maxPairs, want, onlyWanted } = options;
  // A file with its own coordinator has its own invite.
  const invite = coordinator === undefined ? options.inviteFile : inviteOf(options);
  return withoutGaps({
    lab: options.lab,
    identity: absolute(options.identity),
    coordinator: { ...coordinator, ...withoutGaps({ pin, ca: absolute(ca), invite }) },
    exit: withoutGaps({ internet, publish, bandwidth, "max-pairs": maxPairs }),
    peers: withoutGaps({ wants: want, "only-wanted": onlyWanted }),
    host: withoutGaps({ interface: options.interface, "udp-port": options.udpPort }),
    control: withoutGaps({ socket: absolute(options.socket) }),
    log: withoutGaps({ level: options.logLevel }),
  });
}

function parseCoordinator(text: string): Overrides {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  // An IPv6 address without brackets has colons of its own.
  if (match === null) return { host: text };
  return withoutGaps({ host: match[1] ?? match[2], port: match[3] === undefined ? undefined : Number(match[3]) });
}

function parsePublish(text: string): Overrides {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Expected PORT, PORT/udp or FIRST-LAST.");
  const [, first, last = first, protocol = "tcp"] = match;
  return { ports: [Number(first), Number(last)], protocol };
}

function parseRate(text: string): number {
  const rate = parseBandwidth(text);
  if (rate === undefined) throw new InvalidArgumentError("Expected bits per second such as 20M.");
  return rate;
}

/** Absolute, because the daemon may run in another working directory. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** Without empty tables also, so that a table that is missing is reported as missing. */
function withoutGaps(table: Overrides): Overrides {
  const isGap = (value: unknown): boolean =>
    value === undefined ||
    (typeof value === "object" && !Array.isArray(value) && Object.keys(value as object).length === 0);
  return Object.fromEntries(Object.entries(table).filter(([, value]) => !isGap(value)));
}

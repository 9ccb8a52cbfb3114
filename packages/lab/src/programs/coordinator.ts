import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PeerTopology } from "../topology/peer.ts";
import { commandOf, type RunningDaemon, startDaemon } from "./daemon.ts";

/** A coordinator that is ready. */
export interface RunningCoordinator extends RunningDaemon {
  /** The pin that peers use: `sha256//…`. */
  readonly pin: string;
}

/** Options of a coordinator. */
export interface CoordinatorOptions {
  /** Text to append to the configuration file. */
  readonly more?: string;
}

/** The port of the control protocol over TLS, and of the Teredo server over UDP. */
export const COORDINATOR_PORT = 3544;

const METRICS = "127.0.0.1:9466";
const COMMAND: readonly string[] = commandOf("@nat64/coordinator", "nat64-coordinator");

/** Starts the coordinator of a topology, with the same key if it ran before. */
export async function startCoordinator(
  topology: PeerTopology,
  { more = "" }: CoordinatorOptions = {},
): Promise<RunningCoordinator> {
  const { lab, plan, coordinator: host, coordinatorIpv4, coordinatorIpv6 } = topology;
  const [primary, secondary] = coordinatorIpv4;
  const keyFile = `${lab.directory}/coordinator.key`;
  const daemon = await startDaemon({
    host,
    argv: COMMAND,
    configFile: `${lab.directory}/coordinator.toml`,
    config: `lab = ${plan.lab}

[tls]
self-signed = "${keyFile}"

[teredo]
primary = "${primary}:${COORDINATOR_PORT}"
secondary = "${secondary}:${COORDINATOR_PORT}"

[prefix-proofs]
source = "[${coordinatorIpv6}]:${COORDINATOR_PORT}"

[enrolment]
mode = "open"

[metrics]
listen = "${METRICS}"

[control]
socket = "${lab.directory}/coordinator.sock"

${more}
`,
    metrics: METRICS,
  });
  return { ...daemon, pin: pinOf(keyFile) };
}

/** The SHA-256 of the public key, as curl's `--pinnedpubkey` writes it. */
function pinOf(keyFile: string): string {
  const key = createPublicKey(readFileSync(keyFile, "utf8")).export({ format: "der", type: "spki" });
  return `sha256//${createHash("sha256").update(key).digest("base64")}`;
}

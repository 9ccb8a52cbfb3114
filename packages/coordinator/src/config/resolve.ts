/** Options of the machine, from the data of the file. */
import { parseListen } from "@nat64/daemon-kit/config";
import type { Endpoint } from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import { formatIPv6, parseIPv6 } from "@nat64/rfc6052";
import { type CoordinatorOptions, DEFAULT_LIMITS, type EnrolmentOptions } from "../machine/index.ts";
import { VERSION } from "../version.ts";
import { refusalsFor } from "./addresses.ts";
import type { ConfigFile } from "./config-file.ts";
import { readPeersFile } from "./peers-file.ts";

/** Options of the machine. Throws a `ConfigFileError` if the file of peers is invalid. */
export function machineOptions(file: ConfigFile): CoordinatorOptions {
  const { limits, timers, teredo } = file;
  const primary = endpointOf(teredo.primary);
  const secondary = endpointOf(teredo.secondary);
  const proofSource = endpointOf(file["prefix-proofs"].source);
  const own = [primary, secondary, proofSource].map(({ address }) => address);
  return {
    suite: nodeSuite,
    addresses: [...new Set([...own, ...file["further-addresses"].map(canonical)])],
    primary,
    secondary,
    proofSource,
    refusals: refusalsFor(file.lab),
    enrolment: enrolmentOptions(file),
    keepAliveSeconds: timers["keep-alive"],
    solicitationIntervalSeconds: teredo.interval,
    ...(limits["pair-bandwidth"] === undefined ? {} : { pairBitsPerSecond: limits["pair-bandwidth"] }),
    limits: {
      ...DEFAULT_LIMITS,
      connections: limits.connections,
      connectionsPerAddress: limits["connections-per-address"],
      strangers: Math.ceil(limits.connections / 2),
      peers: limits.peers,
      pairs: limits.pairs,
      heldPairs: limits.pairs,
    },
    software: `nat64-coordinator ${VERSION}`,
  };
}

/** Which peers may enrol. Throws a `ConfigFileError` if the file of peers is invalid. */
export function enrolmentOptions({ enrolment }: ConfigFile): EnrolmentOptions {
  const { mode, invites, peers, "peers-file": path } = enrolment;
  return { mode, invites, peers: path === undefined ? peers : [...peers, ...readPeersFile(path)] };
}

/** Parses text that the schema has accepted. */
export function endpointOf(text: string): Endpoint {
  const { host, port } = parseListen(text)!;
  return { address: canonical(host), port };
}

function canonical(address: string): string {
  return address.includes(":") ? formatIPv6(parseIPv6(address)) : address;
}

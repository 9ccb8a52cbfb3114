import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DaemonClient } from "@nat64/v6peer-daemon/client";
import { afterAll, beforeAll } from "vitest";
import {
  addResolver,
  type DnsAnswer,
  oursOver,
  queryAaaa,
  type ResolverHost,
  type RunningPeerPath,
  type RunningPeerTopology,
  type RunningV6Peer,
  runWithResolver,
  startPeer,
  startWebServer,
} from "../src/index.ts";

/** The command `v6peer`. */
export const V6PEER: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL("../../v6peer-cli/bin/v6peer.js", import.meta.url)),
];

/** The names of the zone that all the DNS servers know. */
export const ZONE = "lab.example";
const EIGHT = Array.from({ length: 8 }, (_, i) => `many A 198.51.100.${i + 10}`);
export const RECORDS: readonly string[] = [
  "www A 198.51.100.2",
  "loopback A 127.0.0.1",
  "both A 198.51.100.2",
  "both AAAA 2001:db8:f::1",
  ...EIGHT,
];

/** The NAT64 prefixes of both IPv6 peers. */
export const PREFIXES: readonly [string, string] = ["2001:db8:64::/96", "2001:db8:65::/96"];

/** Two IPv6 peers with the built-in relay, an IPv4 peer that both use, and an IPv6-only host for a resolver. */
export interface SharingLab extends RunningPeerTopology<RunningPeerPath> {
  readonly resolver: ResolverHost;
  /** Peer ids of both IPv6 peers. */
  readonly ids: readonly [string, string];
  /** Configuration for `v6peer` on the resolver's host: the first prefix is its own one, the second one is trusted. */
  readonly config: string;
  /** The client asks the resolver for AAAA records, without EDNS. */
  ask(name: string): Promise<DnsAnswer>;
  /** What the client gets at the URL, with the resolver in its resolv.conf. */
  fetch(url: string): Promise<string>;
}

/** Up while the tests of a `describe` run. Both IPv6 peers share their prefixes. */
export function useSharingLab(): { readonly it: SharingLab } {
  const holder = {} as { it: SharingLab };
  let lab: { down(): void } | undefined;
  beforeAll(async () => {
    const path = await startPeer(oursOver({ relay: "builtin", v6peers: { coordinator: "listed = true" } }), {
      v6peers: 2,
    });
    lab = path.lab;
    holder.it = await prepare(path);
  });
  afterAll(() => lab?.down());
  return holder;
}

async function prepare(path: RunningPeerTopology<RunningPeerPath>): Promise<SharingLab> {
  const { lab, client, server, serverIpv4, plan } = path;
  await startWebServer(server);
  const resolver = await addResolver(path);
  const [first, second] = path.translator.v6peers;
  const ids = [await idOf(first), await idOf(second)] as const;
  const config = `${lab.directory}/resolver.toml`;
  writeFileSync(
    config,
    `prefix = "${plan.v6peers[0].prefix80}"
lab = true
[local-exit]
mode = "masquerade"
[control]
socket = "${first.controlSocket}"
[sharing]
trusted = ["${ids[1]}"]
targets = ["${serverIpv4}:80"]
interval = 1
failures = 2
successes = 2
over = 3
`,
  );
  return {
    ...path,
    resolver,
    ids,
    config,
    ask: (name) => queryAaaa(client, resolver.ipv6, name),
    fetch: async (url) => {
      const curl = ["curl", "--silent", "--show-error", "--max-time", "10", url];
      const { stdout, stderr } = await runWithResolver(lab, client, resolver.ipv6, curl);
      return stdout + stderr;
    },
  };
}

async function idOf({ controlSocket }: RunningV6Peer): Promise<string> {
  const client = await DaemonClient.connect(controlSocket);
  try {
    return (await client.ask("status")).peer?.id as string;
  } finally {
    client.close();
  }
}

/** The address of the lab's web server in a NAT64 prefix. */
export const serverIn = (prefix: string): string => `${prefix.replace("/96", "")}c633:6402`;

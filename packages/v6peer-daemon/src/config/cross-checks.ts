/** Checks of several keys together. */
import type { Complaint } from "@nat64/daemon-kit/config";
import { cidrContains, cidrsOverlap, formatIPv6, parseBlock, parseIPv6 } from "@nat64/rfc6052";
import type { ConfigFile } from "./config-file.ts";
import { checkSharing } from "./sharing.ts";

/** Maximum number of addresses in the pool: a /16. */
const MAX_POOL_ADDRESSES = 65_536;

/** Finds all conflicts between keys of a file whose keys are valid one by one. */
export function crossCheck(file: ConfigFile): readonly Complaint[] {
  return [
    ...checkExits(file),
    ...checkPrefixes(file),
    ...checkPool(file),
    ...checkStaticBindings(file),
    ...checkDuplicateBindings(file),
    ...checkMtu(file),
    ...checkSharing(file.prefix, file.sharing),
  ];
}

function checkPrefixes(file: ConfigFile): readonly Complaint[] {
  const cidrs = [file.prefix, ...file["extra-prefixes"]].map(parseBlock);
  return file["extra-prefixes"].flatMap((text, index) => {
    const other = cidrs.findIndex((each, at) => at <= index && cidrsOverlap(each, cidrs[index + 1]));
    if (other < 0) return [];
    const name = other === 0 ? `"prefix" (${file.prefix})` : file["extra-prefixes"][other - 1];
    return [{ path: ["extra-prefixes", index], message: `${text} overlaps ${name}` }];
  });
}

/** There must be an exit, and peer exits need a coordinator and a relay. */
function checkExits(file: ConfigFile): readonly Complaint[] {
  const { coordinator, "peer-exits": peers, "local-exit": local } = file;
  if (coordinator?.pin !== undefined && coordinator.ca !== undefined) {
    return [{ path: ["coordinator", "ca"], message: "the pin already identifies the coordinator; remove pin or ca" }];
  }
  if (peers === undefined) {
    if (local !== undefined) return [];
    const message = "expected a table, found nothing: without [local-exit] and [peer-exits] IPv4 traffic has no exit";
    return [{ path: ["local-exit"], message }];
  }
  const complaints: Complaint[] = [];
  if (coordinator === undefined) {
    const message = "needs [coordinator], which pairs IPv6 peers with IPv4 peers";
    complaints.push({ path: ["peer-exits"], message });
  }
  if (peers.relay === "builtin" && peers["relay-address"] === undefined) {
    const message = 'relay "builtin" needs "relay-address", a public IPv4 address of this host';
    complaints.push({ path: ["peer-exits", "relay"], message });
  }
  if (peers.relay === "system" && peers.serves.length > 0) {
    const message = 'only relay "builtin" serves prefixes; configure the system\'s relay itself';
    complaints.push({ path: ["peer-exits", "serves"], message });
  }
  if (peers["only-wanted"] && peers.wants.length === 0) {
    const message = 'no IPv4 peer would be accepted; list IPv4 peers in "wants"';
    complaints.push({ path: ["peer-exits", "only-wanted"], message });
  }
  return complaints;
}

function checkPool(file: ConfigFile): readonly Complaint[] {
  if (file["local-exit"] === undefined) return [];
  const { mode, pool } = file["local-exit"];
  if (pool === undefined) {
    if (mode === "masquerade") return [];
    const message = 'expected a list of routed IPv4 addresses, found nothing: mode "pool" needs them';
    return [{ path: ["local-exit", "pool"], message }];
  }
  const cidrs = pool.map((range) => parseBlock(range.address));
  const complaints = cidrs.flatMap((cidr, index): readonly Complaint[] => {
    const path = ["local-exit", "pool", index];
    const earlier = cidrs.findIndex((each, at) => at < index && cidrsOverlap(each, cidr));
    if (earlier >= 0) return [{ path, message: `${pool[index].address} overlaps ${pool[earlier].address}` }];
    return [];
  });
  const size = cidrs.reduce((sum, cidr) => sum + 2 ** (32 - cidr.length), 0);
  if (size > MAX_POOL_ADDRESSES) {
    const message = `expected at most ${MAX_POOL_ADDRESSES} addresses, found ${size}`;
    complaints.push({ path: ["local-exit", "pool"], message });
  }
  return complaints;
}

function checkStaticBindings(file: ConfigFile): readonly Complaint[] {
  if (file["local-exit"] === undefined) return [];
  const { mode, pool, "static-bindings": bindings } = file["local-exit"];
  return bindings.flatMap((binding, index): readonly Complaint[] => {
    const path = ["local-exit", "static-bindings", index];
    if (mode === "masquerade") {
      const message = 'static bindings need mode "pool": masquerading does not accept connections from IPv4';
      return [{ path, message }];
    }
    const address = parseBlock(binding.ipv4);
    if (binding.protocol !== "icmp") {
      // Query Identifiers may be 0, ports may not.
      const key = (["ipv6-port", "ipv4-port"] as const).find((each) => binding[each] === 0);
      if (key !== undefined) return [{ path: [...path, key], message: "expected a port from 1 to 65535, found 0" }];
    }
    if (pool === undefined || pool.some((range) => cidrContains(parseBlock(range.address), address))) return [];
    return [{ path: [...path, "ipv4"], message: `${binding.ipv4} is not an address of the pool` }];
  });
}

function checkDuplicateBindings(file: ConfigFile): readonly Complaint[] {
  const bindings = file["local-exit"]?.["static-bindings"] ?? [];
  const ends = bindings.map(({ protocol, ipv6, "ipv6-port": port6, ipv4, "ipv4-port": port4 }) => [
    { name: "IPv6", key: [protocol, formatIPv6(parseIPv6(ipv6)), port6].join(" ") },
    { name: "IPv4", key: [protocol, ipv4, port4].join(" ") },
  ]);
  const seen = new Set<string>();
  return ends.flatMap((both, index): readonly Complaint[] => {
    const twice = both.find(({ key }) => seen.has(key));
    for (const { key } of both) seen.add(key);
    if (twice === undefined) return [];
    const message = `an earlier static binding has the same ${twice.name} address and port`;
    return [{ path: ["local-exit", "static-bindings", index], message }];
  });
}

function checkMtu(file: ConfigFile): readonly Complaint[] {
  if (file.mtu["lowest-ipv6"] <= file.mtu.ipv6) return [];
  const message = `expected at most mtu.ipv6, which is ${file.mtu.ipv6}, found ${file.mtu["lowest-ipv6"]}`;
  return [{ path: ["mtu", "lowest-ipv6"], message }];
}

/** Ports that this host uses, which no pair may get (design §4). */
import { readFileSync } from "node:fs";
import type { PortBlock } from "@nat64/peer-protocol";

/** The ephemeral ports, and all ports that are bound or listened on. @param udpPort our own */
export function usedPorts(udpPort: number): readonly PortBlock[] {
  const [first, last] = read("/proc/sys/net/ipv4/ip_local_port_range").split(/\s+/).map(Number);
  const single = ["tcp", "tcp6", "udp", "udp6"].flatMap((name) => boundPorts(name));
  const range = first > 0 && last > 0 ? [{ first, last }] : [];
  return [...range, ...[...new Set([udpPort, ...single])].map((port) => ({ first: port, last: port }))];
}

/** Local ports of listening TCP sockets and of all UDP sockets (proc(5), /proc/net/tcp: state 0A is LISTEN). */
function boundPorts(name: string): readonly number[] {
  return read(`/proc/net/${name}`)
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 3 && (name.startsWith("udp") || fields[3] === "0A"))
    .map((fields) => Number.parseInt(fields[1].slice(fields[1].lastIndexOf(":") + 1), 16));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

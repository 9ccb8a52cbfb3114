import { connectionsProbe } from "./connections.ts";
import { idleProbe } from "./idle.ts";
import { memoryProbe } from "./memory.ts";
import { pingPongProbe } from "./ping-pong.ts";
import type { Probe } from "./probe.ts";
import { tcpProbe } from "./tcp.ts";
import { udpProbe } from "./udp.ts";

/** All probes of a round, in their order. */
export const PROBES: readonly Probe[] = [
  tcpProbe(1, "up"),
  tcpProbe(1, "down"),
  tcpProbe(4, "up"),
  tcpProbe(4, "down"),
  udpProbe(64, "up"),
  udpProbe(64, "down"),
  udpProbe(1200, "up"),
  udpProbe(1200, "down"),
  pingPongProbe("ping-pong"),
  pingPongProbe("ping-pong-paced"),
  connectionsProbe(1),
  connectionsProbe(64),
  idleProbe,
  memoryProbe,
];

/** The probes with that name or prefix: `tcp` for all of TCP. Empty if there is none. */
export function probesCalled(name: string): readonly Probe[] {
  return PROBES.filter((probe) => probe.name === name || probe.name.startsWith(`${name}-`));
}

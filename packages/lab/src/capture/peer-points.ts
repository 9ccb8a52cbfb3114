import type { PeerTopology } from "../topology/peer.ts";
import type { CapturePoint } from "./capture.ts";

/**
 * Where a packet of the first IPv4 peer's path leaves a host, once for each link; routers of the two internets are left out.
 * `tun` is the IPv4 peer's TUN device.
 */
export function peerPathPoints(topology: PeerTopology, tun: string): CapturePoint[] {
  const { client, v6peers, relay, v4peers, server } = topology;
  const [{ host: v6peer }] = v6peers;
  const [{ host: v4peer, device, home }] = v4peers;
  const out = (host: CapturePoint["host"], ...devices: string[]): CapturePoint[] =>
    devices.map((each) => ({ host, device: each, direction: "out" }));
  return [
    ...out(client, "to-r6"),
    ...out(v6peer, "to-r6", ...(relay ? [] : ["to-r4"])),
    ...(relay ? out(relay, "to-r4", "to-r6") : []),
    ...(home ? out(home.nat, "to-r4", `to-${v4peer.name}`) : []),
    ...out(v4peer, device),
    { host: v4peer, device: tun, direction: "inout" },
    ...out(server, "to-r4b"),
  ];
}

import type { Status } from "../../control/protocol.ts";

/** The status as text for people. */
export function formatStatus(state: Status): string {
  const { coordinator, peer, engine } = state;
  const lines = [
    `peer id      ${state.peerId}`,
    `coordinator  ${coordinator.host}:${coordinator.port}, ${coordinator.connected ? "connected" : `not connected (${coordinator.lost ?? "yet"})`}${peer.registered ? ", registered" : ""}`,
    `NAT          ${peer.nat}${peer.mapping === undefined ? "" : `, seen as ${peer.mapping.address}:${peer.mapping.port}`}`,
    `forwards     ${state.forwards ? "yes" : "nothing, because neither --internet nor --publish was given"}`,
    ...(state.endsIn === undefined ? [] : [`drains       ends in ${state.endsIn} s`]),
    ...(state.auditLog?.trouble === undefined ? [] : [`audit log    cannot be written: ${state.auditLog.trouble}`]),
    ...state.host.problems.map(({ what, reason }) => `this host    was changed; cannot ${what}: ${reason}`),
    `packets      ${engine.packetsToIPv4} to IPv4, ${engine.packetsToIPv6} to IPv6`,
    `pairs        ${peer.pairs.length === 0 ? "none" : ""}`,
    ...peer.pairs.map(
      (pair) =>
        `  ${pair.state.padEnd(7)} ${pair.prefix} selector ${pair.selector.toString(16)}, peer ${pair.peer}, ports ${pair.ports.first}-${pair.ports.last}${pair.relay === undefined ? "" : `, relay ${pair.relay.address}:${pair.relay.port}`}`,
    ),
    ...state.published.map((address) => `published    ${address}`),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

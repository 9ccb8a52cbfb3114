/** `v4peer status`. */
import { askStatus } from "../control/client.ts";
import type { Status } from "../daemon.ts";
import { ExitCode } from "../exit-code.ts";

/** Prints how the one that runs is. @returns the exit code */
export async function status(socket: string, json: boolean): Promise<number> {
  try {
    const state = await askStatus(socket);
    process.stdout.write(json ? `${JSON.stringify(state, null, 2)}\n` : describe(state));
    return ExitCode.ok;
  } catch (error) {
    process.stderr.write(`v4peer: ${(error as Error).message}\n`);
    return ExitCode.failed;
  }
}

/** For people. */
export function describe(state: Status): string {
  const { coordinator, peer, engine } = state;
  const lines = [
    `peer id      ${state.peerId}`,
    `coordinator  ${coordinator.host}:${coordinator.port}, ${coordinator.connected ? "connected" : `not connected (${coordinator.lost ?? "yet"})`}${peer.registered ? ", registered" : ""}`,
    `NAT          ${peer.nat}${peer.mapping === undefined ? "" : `, seen as ${peer.mapping.address}:${peer.mapping.port}`}`,
    `forwards     ${state.forwards ? "yes" : "nothing: neither --internet nor --publish"}`,
    `packets      ${engine.packetsToIPv4} to IPv4, ${engine.packetsToIPv6} to IPv6`,
    `pairs        ${peer.pairs.length === 0 ? "none" : ""}`,
    ...peer.pairs.map(
      (pair) =>
        `  ${pair.state.padEnd(7)} ${pair.prefix} selector ${pair.selector.toString(16)}, ports ${pair.ports.first}-${pair.ports.last}${pair.relay === undefined ? "" : `, relay ${pair.relay.address}:${pair.relay.port}`}`,
    ),
    ...state.published.map((address) => `published    ${address}`),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

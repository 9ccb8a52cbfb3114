import type { Host, Simulation } from "../src/index.ts";

/** "192.0.2.1" as an int32 word. */
export function v4(text: string): number {
  return text.split(".").reduce((word, byte) => (word << 8) | Number(byte), 0);
}

/** An IPv6 address of eight groups, or with one "::", as bytes. */
export function v6(text: string): Uint8Array {
  const [front, back = ""] = text.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [head, tail] = [groups(front), groups(back)];
  const all = text.includes("::")
    ? [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
    : head;
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}

/** An IPv6 header with no payload but some bytes. */
export function ipv6Packet(source: string, destination: string, ...payload: number[]): Uint8Array {
  return Uint8Array.from([0x60, 0, 0, 0, 0, payload.length, 59, 64, ...v6(source), ...v6(destination), ...payload]);
}

/** A datagram that arrived. */
export interface Arrival {
  readonly time: number;
  readonly bytes: number[];
  readonly from: number;
  readonly port: number;
}

/** Opens a socket that keeps what arrives. */
export function inbox(simulation: Simulation, host: Host, port: number, address?: number) {
  const arrivals: Arrival[] = [];
  const socket = host.bindUdp(
    port,
    (bytes, from, fromPort) => arrivals.push({ time: simulation.now, bytes: [...bytes], from, port: fromPort }),
    address,
  );
  return { socket, arrivals };
}

export const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
export const bytes = (string: string): Uint8Array => Uint8Array.from(string, (character) => character.charCodeAt(0));

import type { Host } from "../netns/host.ts";
import { resultOf, runTool, withTool } from "./tools.ts";

const PORT = "9000";

interface Count {
  readonly packets: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** The result of a blast of datagrams at the receiver. */
export interface BlastResult {
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  /** Share of lost datagrams, 0 to 1. */
  readonly loss: number;
}

/** Round trips of one datagram at a time. */
export interface PingPongResult {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  /** Exchanges that ended with "connection refused", that is an ICMP port unreachable. */
  readonly refused: number;
  /** Answers with a wrong payload. */
  readonly corrupt: number;
  /** Microseconds. */
  readonly p50us: number;
  readonly p99us: number;
}

/** One flow of datagrams at the highest rate that its sender manages. */
export interface BlastOptions {
  readonly client: Host;
  readonly server: Host;
  /** The address at which the client reaches the server. */
  readonly target: string;
  /**
   * "up" is client to server. For "down", the client sends a request datagram, and the server answers with the flow.
   */
  readonly direction: "up" | "down";
  /** Bytes of payload. */
  readonly size: number;
  readonly seconds: number;
}

/** Sends one flow of datagrams as fast as the sender can, and counts what arrives. */
export function blast({ client, server, target, direction, size, seconds }: BlastOptions): Promise<BlastResult> {
  const rate = ["--size", `${size}`, "--seconds", `${seconds}`];
  if (direction === "up") {
    return withTool(server, ["udp-sink", PORT], async (sink) => {
      const sent = await runTool<Count>(client, "udp-blast", target, PORT, ...rate);
      return compare(sent, await resultOf<Count>(sink));
    });
  }
  return withTool(server, ["udp-source", PORT, ...rate], async (source) => {
    const received = await runTool<Count>(client, "udp-fetch", target, PORT);
    return compare(await resultOf<Count>(source), received);
  });
}

function compare(sent: Count, received: Count): BlastResult {
  if (received.packets === 0) throw new Error("no datagram arrived");
  return {
    sentPerSecond: sent.packets / sent.seconds,
    receivedPerSecond: received.packets / received.seconds,
    loss: 1 - received.packets / sent.packets,
  };
}

/** Duration or number of exchanges of a ping-pong. */
export interface PingPongLimits {
  readonly seconds?: number;
  readonly count?: number;
  /** Bytes of payload. Default 64. */
  readonly size?: number;
  /** Microseconds between the starts of two exchanges. Default: none, the next one starts at once. */
  readonly interval?: number;
}

/** Sends a datagram, waits for its echo, and repeats. */
export function pingPong(client: Host, server: Host, target: string, limits: PingPongLimits): Promise<PingPongResult> {
  const options = Object.entries(limits).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  return withTool(server, ["udp-echo", PORT], () => runTool(client, "udp-ping", target, PORT, ...options));
}

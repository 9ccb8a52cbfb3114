import type { Host } from "../netns/host.ts";
import { resultOf, runTool, startTool } from "./tools.ts";

const PORT = "9000";

interface Count {
  readonly packets: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** What a blast of datagrams left at the sink. */
export interface BlastResult {
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  /** Lost datagrams as a part of those sent, 0 to 1. */
  readonly loss: number;
}

/** Round trips of one datagram at a time. */
export interface PingPongResult {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  /** Exchanges that ended with "connection refused", that is an ICMP port unreachable. */
  readonly refused: number;
  /** Answers whose payload was not what had been sent. */
  readonly corrupt: number;
  /** Microseconds. */
  readonly p50us: number;
  readonly p99us: number;
}

/** Sends one flow of datagrams with `size` bytes of payload as fast as the client can. */
export async function blast(
  client: Host,
  server: Host,
  target: string,
  size: number,
  seconds: number,
): Promise<BlastResult> {
  const sink = await startTool(server, "udp-sink", PORT);
  const sent = await runTool<Count>(client, "udp-blast", target, PORT, "--size", `${size}`, "--seconds", `${seconds}`);
  const received = await resultOf<Count>(sink);
  return {
    sentPerSecond: sent.packets / sent.seconds,
    receivedPerSecond: received.seconds > 0 ? received.packets / received.seconds : 0,
    loss: 1 - received.packets / sent.packets,
  };
}

/** How long, or how often, a ping-pong goes on. */
export interface PingPongLimits {
  readonly seconds?: number;
  readonly count?: number;
  /** Bytes of payload. Default 64. */
  readonly size?: number;
}

/** Sends a datagram, waits for its echo, and again. */
export async function pingPong(
  client: Host,
  server: Host,
  target: string,
  limits: PingPongLimits,
): Promise<PingPongResult> {
  const echo = await startTool(server, "udp-echo", PORT);
  const options = Object.entries(limits).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const result = await runTool<PingPongResult>(client, "udp-ping", target, PORT, ...options);
  await echo.stop();
  return result;
}

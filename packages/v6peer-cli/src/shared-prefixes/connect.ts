/** Opens one TCP connection and closes it at once. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Connects after `delayMs` and closes; resolves with the milliseconds that it took. Rejects if it fails, or on `stop`. */
export async function connectOnce(host: string, port: number, delayMs: number, stop: AbortSignal): Promise<number> {
  if (delayMs > 0) await sleep(delayMs, undefined, { signal: stop });
  stop.throwIfAborted();
  const since = performance.now();
  const socket = connect({ host, port, family: 6 });
  return new Promise<number>((resolve, reject) => {
    const abort = () => {
      socket.destroy();
      reject(stop.reason);
    };
    stop.addEventListener("abort", abort, { once: true });
    const finish = (result: () => void) => {
      stop.removeEventListener("abort", abort);
      result();
      socket.destroy();
    };
    socket.on("connect", () => finish(() => resolve(performance.now() - since)));
    socket.on("error", (error) => finish(() => reject(error)));
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ETIMEDOUT: "no answer",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "this host has no route to it",
  EADDRNOTAVAIL: "this host has no IPv6 address to send from",
  EACCES: "prohibited on the path",
};

/** The reason of a failed connection, for people. */
export function describeConnectError(error: unknown): string {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return (typeof code === "string" ? (REASONS[code] ?? code) : undefined) ?? "no answer";
}

/** One TCP connection that is closed as soon as it is there. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Connects after `delay` milliseconds and hangs up; resolves with the milliseconds that it took. Rejects when it fails, or when `stop` comes first. */
export async function connectOnce(host: string, port: number, delay: number, stop: AbortSignal): Promise<number> {
  if (delay > 0) await sleep(delay, undefined, { signal: stop });
  stop.throwIfAborted();
  const since = performance.now();
  const socket = connect({ host, port, family: 6 });
  return new Promise<number>((resolve, reject) => {
    const giveUp = () => {
      socket.destroy();
      reject(stop.reason);
    };
    stop.addEventListener("abort", giveUp, { once: true });
    const settle = (result: () => void) => {
      stop.removeEventListener("abort", giveUp);
      result();
      socket.destroy();
    };
    socket.on("connect", () => settle(() => resolve(performance.now() - since)));
    socket.on("error", (error) => settle(() => reject(error)));
  });
}

const WORDS: Readonly<Record<string, string>> = {
  ETIMEDOUT: "no answer",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "this host has no route to it",
  EADDRNOTAVAIL: "this host has no IPv6 address to send from",
  EACCES: "prohibited on the way",
};

/** Why there was no connection, in words. */
export function describeConnectError(error: unknown): string {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return (typeof code === "string" ? (WORDS[code] ?? code) : undefined) ?? "no answer";
}

/**
 * Tests from here whether a NAT64 prefix works. It is up if a TCP connection through it to any of a few targets succeeds.
 * Answering pings is not enough, because an IPv6 peer without exits also does that.
 */
import { embed } from "@nat64/rfc6052";
import { connectOnce, describeConnectError } from "./connect.ts";
import { ping } from "./ping.ts";

/** What to probe. */
export interface ProbedPrefix {
  /** A prefix of RFC 6052 length. */
  readonly nat64Prefix: string;
  /** `P:ffff::1` of an IPv6 peer, which answers pings itself; left out if unknown. */
  readonly self?: string;
}

/** `up`: IPv4 hosts can be reached; `no-ipv4`: the IPv6 peer answers, but none of the targets; `down`: neither does. */
export type Health = "up" | "no-ipv4" | "down";

/** The result of a probe. */
export interface Probe {
  readonly health: Health;
  /** Milliseconds until the connection was there. */
  readonly rtt?: number;
  /** The target that was reached. */
  readonly target?: string;
  /** Why it is not up, for people. */
  readonly reason?: string;
}

/** How to probe. */
export interface ProbeOptions {
  /** `address:port` of IPv4 hosts that take TCP connections. */
  readonly targets: readonly string[];
  /** Time limit for all targets together, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Delay before the next target is also tried: a healthy prefix needs only one connection. */
const STAGGER_MS = 700;

/** Probes a prefix once: at most one connection for each target, and one ping. Rejects only when `signal` is aborted. */
export async function probePrefix({ nat64Prefix, self }: ProbedPrefix, options: ProbeOptions): Promise<Probe> {
  const { targets, timeoutMs = 3_000, signal } = options;
  const found = await firstOf(nat64Prefix, targets, timeoutMs, signal);
  signal?.throwIfAborted();
  if ("rtt" in found) return { health: "up", ...found };
  const tried = `${targets.join(", ")} through it: ${found.reason}`;
  if (self === undefined) return { health: "down", reason: tried };
  const answers = await ping(self, signal);
  signal?.throwIfAborted();
  return answers
    ? { health: "no-ipv4", reason: `${self} answers pings, but ${tried}` }
    : { health: "down", reason: `${self} does not answer pings; ${tried}` };
}

/** The first target to which a connection comes about, or what hindered the first one. */
async function firstOf(
  prefix: string,
  targets: readonly string[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly rtt: number; readonly target: string } | { readonly reason: string }> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  const attempts = targets.map(async (target, index) => {
    const [address, port] = target.split(":");
    const host = embed(prefix, address, { nonGlobal: "ignore" });
    const rtt = await connectOnce(host, Number(port), index * STAGGER_MS, stop.signal);
    return { rtt, target };
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    return { reason: describeConnectError((error as AggregateError).errors[0]) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    abort();
  }
}

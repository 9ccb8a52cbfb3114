import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";

const program = (name: string): string => fileURLToPath(new URL(`../../dist/endpoints/${name}.js`, import.meta.url));
const PORT = "7";

/** Starts the server that tickers talk to. */
export async function startEchoServer(host: Host): Promise<HostProcess> {
  const server = await host.start([process.execPath, program("echo-server"), PORT]);
  await server.waitFor(/ready/);
  return server;
}

/** The machine's monotonic clock in milliseconds: the same in every process, so that times of tickers can be compared. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** A TCP connection over which a byte goes back and forth ten times a second. */
export class Ticker {
  readonly #process: HostProcess;

  private constructor(process: HostProcess) {
    this.#process = process;
  }

  /** Connects to an echo server, from an address of the host. Resolves when the first byte has come back. */
  static async start(host: Host, address: string, from?: string): Promise<Ticker> {
    const argv = [process.execPath, program("ticker"), address, PORT, ...(from === undefined ? [] : [from])];
    const ticker = new Ticker(await host.start(argv));
    await ticker.#process.waitFor(/tick 1 at \d+\n/);
    return ticker;
  }

  /** Bytes that came back so far. */
  get ticks(): number {
    return Number(/.*tick (\d+) at \d+\n/s.exec(this.#process.stdout)?.[1] ?? 0);
  }

  /** How the connection ended, `closed` or a code such as `ECONNRESET`; `undefined` while it is up. */
  get ended(): string | undefined {
    return /ended (\S+) at \d+\n/.exec(this.#process.stdout)?.[1];
  }

  /** When it ended, by {@link monotonicNow}; `undefined` while it is up. */
  get endedAt(): number | undefined {
    const at = /ended \S+ at (\d+)\n/.exec(this.#process.stdout)?.[1];
    return at === undefined ? undefined : Number(at);
  }

  /** The longest time without an echo since `from`, until now or the end, in milliseconds. */
  longestSilence(from: number): number {
    const ticks = [...this.#process.stdout.matchAll(/^tick \d+ at (\d+)$/gm)].map(([, at]) => Number(at));
    const last = this.endedAt ?? monotonicNow();
    const times = [from, ...ticks.filter((at) => at > from), Math.max(from, last)];
    return Math.max(...times.slice(1).map((at, i) => at - times[i]));
  }

  /** Waits until another byte has come back; rejects after `timeout` ms or when the connection ends. */
  async goesOn(timeout = 20_000): Promise<void> {
    const deadline = Date.now() + timeout;
    // Two, because one may already have been in flight.
    for (const before = this.ticks; this.ticks < before + 2; ) {
      if (this.ended !== undefined) throw new Error(`the connection ended: ${this.ended}`);
      if (Date.now() > deadline) throw new Error(`nothing came back for ${timeout} ms`);
      await sleep(20);
    }
  }

  /** Waits for the end and returns its reason. */
  async end(timeout = 20_000): Promise<string> {
    await this.#process.waitFor(/ended/, timeout);
    return this.ended as string;
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

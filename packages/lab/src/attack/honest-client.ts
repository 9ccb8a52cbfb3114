/** The honest client of every attack, second by second. */
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";
import { monotonicNow } from "../traffic/ticker.ts";
import { startTool, TRAFFIC_TOOLS } from "../traffic/tools.ts";

/** The traffic of an honest client. All rates are per second. */
export interface HonestRates {
  /** Bits per second of one TCP connection, in each direction. Default 20 million. */
  readonly bits?: number;
  /** New TCP connections. Default 10. */
  readonly connections?: number;
  /** Questions over UDP, each from a socket of its own. Default 10. */
  readonly questions?: number;
  /** Default 10. */
  readonly pings?: number;
}

/** What an honest client tried and got during some seconds. */
export interface Window {
  readonly seconds: number;
  /** Bytes of the paced connection that went to the server and came back. */
  readonly bytes: number;
  readonly connections: number;
  readonly connected: number;
  readonly questions: number;
  readonly answers: number;
  readonly pings: number;
  readonly pongs: number;
  /** Mean round trip of the answered pings, in milliseconds. */
  readonly pingMs: number;
}

/** One second: bytes, connections, connected, questions, answers, pings, pongs, seconds that the pongs took. */
type Second = readonly [number, number, number, number, number, number, number, number];

interface Printed {
  readonly breaks: number;
  readonly seconds: readonly Second[];
}

const PORTS = { bulk: "9002", connections: "9001", questions: "9000" } as const;
/** Longer than the time that the client gives any of its attempts. */
export const PATIENCE_SECONDS = 6;

/** Starts what the honest client talks to. */
export async function startHonestServer(server: Host): Promise<readonly HostProcess[]> {
  return [
    await startTool(server, "tcp-echo", PORTS.bulk),
    await startTool(server, "tcp-answer", PORTS.connections),
    await startTool(server, "udp-echo", PORTS.questions),
  ];
}

/** A running honest client. */
export class HonestClient {
  readonly #process: HostProcess;
  readonly #startedAt: number;

  private constructor(process: HostProcess, startedAt: number) {
    this.#process = process;
    this.#startedAt = startedAt;
  }

  /** Starts it for at most some seconds. */
  static async start(host: Host, target: string, seconds: number, rates: HonestRates = {}): Promise<HonestClient> {
    const options = Object.entries({ ...rates, seconds }).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const { bulk, connections, questions } = PORTS;
    const argv = [TRAFFIC_TOOLS, "honest", target, bulk, connections, questions, ...options];
    const process = await host.start(argv);
    await process.waitFor(/ready/);
    return new HonestClient(process, monotonicNow());
  }

  /** Seconds since its start. */
  get age(): number {
    return (monotonicNow() - this.#startedAt) / 1000;
  }

  /** Ends it. */
  async stop(): Promise<HonestDiary> {
    await this.#process.stop();
    return new HonestDiary(JSON.parse(this.#process.stdout) as Printed);
  }
}

/** Everything that an honest client tried and got. */
export class HonestDiary {
  readonly #seconds: readonly Second[];
  /** How often the paced connection broke. */
  readonly breaks: number;

  /** @param printed the output of the tool `honest` */
  constructor({ breaks, seconds }: Printed) {
    this.breaks = breaks;
    this.#seconds = seconds;
  }

  /** The sum of the seconds from `from` (included) to `to` (not included). */
  window(from: number, to: number): Window {
    const seconds = this.#seconds.slice(from, to);
    const [bytes, connections, connected, questions, answers, pings, pongs, waited] = seconds.reduce<readonly number[]>(
      (sum, second) => sum.map((value, i) => value + second[i]),
      Array(8).fill(0),
    );
    const pingMs = pongs === 0 ? Number.NaN : (waited / pongs) * 1000;
    return { seconds: seconds.length, bytes, connections, connected, questions, answers, pings, pongs, pingMs };
  }

  /**
   * The first second of a window from which on, for five seconds, less than half of the new connections succeeded, counted
   * from the window's beginning; `undefined` if there is none.
   */
  shutOut(from: number, to: number): number | undefined {
    for (let at = from; at + 5 <= to; at++) {
      const { connections, connected } = this.window(at, at + 5);
      if (connected < connections / 2) return at - from;
    }
    return undefined;
  }
}

/** Packets from invented senders. */
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";
import { TRAFFIC_TOOLS } from "../traffic/tools.ts";

/** What is sent. Prefixes are `ADDRESS/LENGTH`; an address is random within its prefix. */
export interface FloodPackets {
  readonly from: string;
  readonly to: string;
  /**
   * `icmp`: echo requests and answers, errors about packets that nobody sent, and types that no translator carries.
   * `first-fragments`, `last-fragments`: of UDP packets whose other parts never come.
   */
  readonly kind: "syn" | "ack" | "rst" | "udp" | "echo" | "icmp" | "first-fragments" | "last-fragments";
  /** The destination port. Default: random. */
  readonly port?: number;
  /** The same packets are sent again after so many. Default: each has senders and ports of its own. */
  readonly flows?: number;
  /** Bytes of payload. Default 16. */
  readonly size?: number;
}

/** The rate of a flood: packets per second, or as many as one core can send. */
export type FloodRate = number | "max";

interface Sent {
  readonly packets: number;
  readonly seconds: number;
}

/** A running flood. */
export class Flood {
  readonly #process: HostProcess;

  private constructor(process: HostProcess) {
    this.#process = process;
  }

  /** Starts it for at most some seconds. */
  static async start(host: Host, packets: FloodPackets, rate: FloodRate, seconds: number): Promise<Flood> {
    const options = { ...packets, rate: rate === "max" ? 0 : rate, seconds: Math.ceil(seconds) };
    const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const process = await host.start([TRAFFIC_TOOLS, "flood", ...argv]);
    await process.waitFor(/ready/);
    return new Flood(process);
  }

  /** Ends it. Returns the packets per second that it reached. */
  async stop(): Promise<number> {
    await this.#process.stop();
    const { packets, seconds } = JSON.parse(this.#process.stdout) as Sent;
    return packets / seconds;
  }
}

import { readFileSync } from "node:fs";
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";
import { type Headers, readHeaders } from "./headers.ts";
import { readCapture } from "./pcap.ts";

/** Where to capture. */
export interface CapturePoint {
  readonly host: Host;
  readonly device: string;
  /** Packets that the host sends, that it receives, or both. */
  readonly direction: "out" | "in" | "inout";
}

/** A captured packet. */
export interface Sighting {
  readonly point: CapturePoint;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly headers: Headers;
  /** Bytes from the IP header on, at least the first 242. */
  readonly ip: Uint8Array;
}

interface Looking {
  readonly point: CapturePoint;
  readonly file: string;
  readonly process: HostProcess;
}

/** Captures at several places at once, at most 20,000 packets at each. */
export class Capture {
  readonly #running: readonly Looking[];

  private constructor(running: readonly Looking[]) {
    this.#running = running;
  }

  /** Starts tcpdump at all places and waits until each is capturing. Files go to `directory`. */
  static async start(directory: string, points: readonly CapturePoint[]): Promise<Capture> {
    const running = await Promise.all(
      points.map(async (point, i) => {
        const { host, device, direction } = point;
        const file = `${directory}/${Date.now()}-${i}-${host.name}-${device}.pcap`;
        const options = ["-n", "--immediate-mode", "-U", "-s", "256", "-c", "20000", "-Q", direction];
        const process = await host.start(["tcpdump", ...options, "-i", device, "-w", file, "-Z", "root"]);
        await process.waitFor(/listening on/);
        return { point, file, process };
      }),
    );
    return new Capture(running);
  }

  /** All packets captured so far, in order of time. */
  get seen(): readonly Sighting[] {
    return this.#running
      .flatMap(({ point, file }) =>
        readCapture(readFileSync(file)).map(({ time, ip }) => ({ point, time, headers: readHeaders(ip), ip })),
      )
      .filter((sighting): sighting is Sighting => sighting.headers !== undefined)
      .sort((a, b) => a.time - b.time);
  }

  /** Stops capturing and returns all packets. */
  async stop(): Promise<readonly Sighting[]> {
    await Promise.all(this.#running.map(({ process }) => process.stop()));
    return this.seen;
  }
}

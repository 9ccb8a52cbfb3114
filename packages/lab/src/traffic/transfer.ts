import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";
import { urlOf } from "./web.ts";

/** A slow download from the lab's web server. */
export interface TransferOptions {
  readonly client: Host;
  /** The address at which the client reaches the server. */
  readonly target: string;
  /** The address of the client that it starts from. Default: the kernel's choice. */
  readonly from?: string;
  readonly bytes: number;
  readonly bytesPerSecond: number;
  /** The file for the received data. */
  readonly file: string;
}

/** A running download. */
export class Transfer {
  readonly #process: HostProcess;
  readonly #file: string;

  private constructor(process: HostProcess, file: string) {
    this.#process = process;
    this.#file = file;
  }

  /**
   * Starts it; resolves as soon as curl runs. The host's TCP receive buffers are reduced first. Otherwise its kernel
   * would receive everything long before curl reads it, and nothing would be in flight.
   */
  static async start({ client, target, from, bytes, bytesPerSecond, file }: TransferOptions): Promise<Transfer> {
    await client.sysctl({ "net/ipv4/tcp_rmem": "4096 65536 65536" });
    const source = from === undefined ? [] : ["--interface", from];
    const url = urlOf(target, `/bytes/${bytes}`);
    const argv = ["curl", "-gsS", "--fail", "--limit-rate", `${bytesPerSecond}`, ...source, "-o", file, url];
    return new Transfer(await client.start(argv), file);
  }

  get running(): boolean {
    return this.#process.running;
  }

  /** Whether the first bytes have arrived. */
  get hasBegun(): boolean {
    return (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  }

  /** Stops reading. The connection stays open with a closed window. */
  pause(): void {
    this.#process.signal("SIGSTOP");
  }

  /** Continues reading. */
  resume(): void {
    this.#process.signal("SIGCONT");
  }

  /**
   * Waits for its end and returns the SHA-256 of the received data in hexadecimal. Rejects if the connection broke, or
   * after `timeout` ms.
   */
  async sha256(timeout = 60_000): Promise<string> {
    if ((await this.#process.ended(timeout)) !== 0)
      throw new Error(`the transfer broke: ${this.#process.stderr.trim()}`);
    const hash = createHash("sha256");
    await pipeline(createReadStream(this.#file), hash);
    return hash.digest("hex");
  }
}

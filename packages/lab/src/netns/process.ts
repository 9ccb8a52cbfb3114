import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { networkNamespace } from "./proc.ts";

/**
 * A program that runs in a host. Its output goes to two files, not to pipes: it can be read at any time, and the
 * program survives the end of its parent (`npm start -- --keep`).
 */
export class HostProcess {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #log: string;

  private constructor(argv: readonly string[], child: ChildProcess, pid: number, log: string) {
    this.argv = argv;
    this.pid = pid;
    this.#child = child;
    this.#log = log;
  }

  /** Starts `argv`; its output goes to `<log>.out` and `<log>.err`. Rejects when it cannot be started. */
  static async start(argv: readonly string[], log: string): Promise<HostProcess> {
    const out = openSync(`${log}.out`, "a");
    const err = openSync(`${log}.err`, "a");
    // Detached: Ctrl-C in the terminal reaches only the lab's owner, which then ends the programs in order.
    const child = spawn(argv[0], argv.slice(1), { stdio: ["ignore", out, err], detached: true });
    closeSync(out);
    closeSync(err);
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    const process = new HostProcess(argv, child, child.pid as number, log);
    await process.#entered();
    return process;
  }

  /** Waits until `ip netns exec` has left our namespace: a lab finds its processes by the namespaces they are in. */
  async #entered(): Promise<void> {
    while (this.running && networkNamespace(this.pid) === networkNamespace("self")) await sleep(1);
  }

  /** Its standard output so far. */
  get stdout(): string {
    return readFileSync(`${this.#log}.out`, "utf8");
  }

  /** Its standard error so far. */
  get stderr(): string {
    return readFileSync(`${this.#log}.err`, "utf8");
  }

  /** Whether it is still running. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The exit code; `null` while it runs or when a signal ended it. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /**
   * Waits until its output (either stream) matches. Rejects with its output if it ends first, or after `timeout` ms.
   */
  async waitFor(pattern: RegExp, timeout = 20_000): Promise<void> {
    const deadline = Date.now() + timeout;
    while (!pattern.test(this.stdout) && !pattern.test(this.stderr)) {
      if (!this.running) throw this.#failure(`ended with exit code ${this.exitCode} before`);
      if (Date.now() > deadline) throw this.#failure(`did not print ${pattern} within ${timeout} ms`);
      await sleep(20);
    }
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits for its end, at most `timeout` ms, and returns its exit code. */
  async ended(timeout = 20_000): Promise<number | null> {
    const deadline = Date.now() + timeout;
    while (this.running) {
      if (Date.now() > deadline) throw this.#failure(`still runs after ${timeout} ms`);
      await sleep(10);
    }
    return this.exitCode;
  }

  /** Asks it to end (SIGTERM), kills it after `timeout` ms, and returns its exit code. */
  async stop(timeout = 5_000): Promise<number | null> {
    if (this.running) this.signal("SIGTERM");
    try {
      return await this.ended(timeout);
    } catch {
      this.signal("SIGKILL");
      return await this.ended();
    }
  }

  #failure(what: string): Error {
    const printed = `${this.stdout}\n${this.stderr}`.trim().slice(-2000);
    return new Error(`"${this.argv.join(" ")}" ${what}. It printed: ${printed || "nothing"}`);
  }
}

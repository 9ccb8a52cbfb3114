import { type ChildProcess, spawn } from "node:child_process";
import { BackOff } from "./back-off.ts";
import { TOOL_PATH } from "./tool.ts";

/** What tells of changes: of devices, addresses, routes and routing rules, and of firewall rules. */
const SOURCES: readonly (readonly [command: string, ...args: string[]])[] = [
  ["ip", "monitor", "link", "address", "route", "rule"],
  ["nft", "monitor"],
];

/** Tells when the kernel's devices, addresses, routes or firewall rules change: not what has changed, only that something has. */
export class KernelNews {
  readonly #onNews: () => void;
  readonly #running = new Set<ChildProcess>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(onNews: () => void) {
    this.#onNews = onNews;
    for (const [command, ...args] of SOURCES) this.#listen(command, args, new BackOff());
  }

  /** Ends the processes. */
  stop(): void {
    this.#isStopped = true;
    for (const restart of this.#restarts) clearTimeout(restart);
    for (const child of this.#running) child.kill("SIGKILL");
    this.#running.clear();
  }

  #listen(command: string, args: readonly string[], backOff: BackOff): void {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, PATH: TOOL_PATH, LC_ALL: "C" },
    });
    this.#running.add(child);
    child.unref();
    const { stdout } = child;
    (stdout as unknown as { unref?: () => void }).unref?.();
    stdout.on("data", this.#onNews);
    stdout.on("error", () => {});
    // Without it, changes are still seen in the next round.
    const onEnd = (): void => {
      if (!this.#running.delete(child) || this.#isStopped) return;
      const now = performance.now();
      backOff.grow(now);
      const restart = setTimeout(() => {
        this.#restarts.delete(restart);
        this.#listen(command, args, backOff);
      }, backOff.pause);
      restart.unref();
      this.#restarts.add(restart);
      this.#onNews();
    };
    child.on("error", onEnd);
    child.on("exit", onEnd);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { BackOff } from "./back-off.ts";
import { TOOL_PATH } from "./tool.ts";

/** What tells of changes: of devices, addresses, routes and routing rules, and of firewall rules. */
const SOURCES: readonly (readonly [command: string, ...args: string[]])[] = [
  ["ip", "monitor", "link", "address", "route", "rule"],
  ["nft", "monitor"],
];

/** What belongs together comes together, in ms. */
const SETTLE_MS = 50;
/** News does not come more often than this, in ms: a firewall that loads thousands of rules tells of each. */
const LEAST_MS = 500;

/** Where news comes from. */
export interface News {
  /** Calls `onNews` after changes. @returns what ends this */
  subscribe(onNews: () => void): () => void;
}

/**
 * Tells when the kernel's devices, addresses, routes or firewall rules change: not what has changed, only that something has. Whoever
 * needs to know looks now and then besides, because a source may be missing or end.
 */
export class KernelNews implements News {
  readonly #subscribers = new Set<() => void>();
  readonly #running = new Set<ChildProcess>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #next: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor() {
    for (const [command, ...args] of SOURCES) this.#listen(command, args, new BackOff());
  }

  subscribe(onNews: () => void): () => void {
    this.#subscribers.add(onNews);
    return () => this.#subscribers.delete(onNews);
  }

  /** Ends the processes. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
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
    stdout.on("data", () => this.#heard());
    stdout.on("error", () => {});
    const onEnd = (): void => {
      if (!this.#running.delete(child) || this.#isStopped) return;
      backOff.grow(performance.now());
      const restart = setTimeout(() => {
        this.#restarts.delete(restart);
        this.#listen(command, args, backOff);
        // Nobody told what happened meanwhile.
        this.#heard();
      }, backOff.pause);
      restart.unref();
      this.#restarts.add(restart);
    };
    child.on("error", onEnd);
    child.on("exit", onEnd);
  }

  #heard(): void {
    if (this.#isStopped) return;
    const wait = Math.max(SETTLE_MS, this.#toldAt + LEAST_MS - performance.now());
    this.#next ??= setTimeout(() => this.#tell(), wait).unref();
  }

  #tell(): void {
    this.#next = undefined;
    for (const onNews of this.#subscribers) onNews();
    this.#toldAt = performance.now();
  }
}

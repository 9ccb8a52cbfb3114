/** JavaScript that runs in a namespace beside the daemon: a server, or a client that waits. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestNamespace } from "./namespace.ts";

/** A running script. */
export class RunningScript {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts a script, and resolves when it has printed something. */
  static async start(namespace: TestNamespace, script: string): Promise<RunningScript> {
    const child = spawn("ip", ["netns", "exec", namespace.name, process.execPath, "-e", script]);
    await once(child.stdout, "data");
    return new RunningScript(child);
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await once(this.#process, "close");
  }
}

/** A real nat64-coordinator as a process, on loopback. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const PROGRAM: string = fileURLToPath(new URL("../../bin/nat64-coordinator.js", import.meta.url));

/** One line of the log. */
export type LogLine = { readonly msg: string; readonly level: number } & Readonly<Record<string, unknown>>;

/** A directory with a configuration. */
export class Home {
  readonly directory: string = mkdtempSync(join(tmpdir(), "nat64-coordinator-"));
  readonly config: string = join(this.directory, "coordinator.toml");
  readonly key: string = join(this.directory, "key.pem");
  readonly socket: string = join(this.directory, "control.sock");

  constructor() {
    this.write('mode = "open"');
  }

  write(enrolment: string, more = ""): void {
    writeFileSync(
      this.config,
      `lab = true
[tls]
listen = ["127.0.0.1:0"]
self-signed = "${this.key}"
[teredo]
primary = "192.0.2.1:3544"
secondary = "192.0.2.2:3544"
bind-primary = "127.0.0.1:0"
bind-secondary = "127.0.0.1:0"
[prefix-proofs]
source = "[2001:db8:c::1]:3544"
bind = "[::1]:0"
[prefixes]
listen = "127.0.0.1:0"
[metrics]
listen = "127.0.0.1:0"
[control]
socket = "${this.socket}"
[timers]
drain = 0
[enrolment]
${enrolment}
${more}`,
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

export class CoordinatorProcess {
  readonly process: ChildProcess;
  readonly log: LogLine[] = [];
  readonly ended: Promise<number | null>;
  #arrived: () => void = () => {};

  constructor(home: Home) {
    this.process = spawn(process.execPath, [PROGRAM, "-c", home.config], { stdio: ["ignore", "pipe", "inherit"] });
    this.ended = once(this.process, "close").then(([code]) => code as number | null);
    createInterface(this.process.stdout!).on("line", (line) => {
      this.log.push(JSON.parse(line) as LogLine);
      this.#arrived();
    });
  }

  /** Waits for a line with this message and removes it. Throws if the process ends first. */
  async message(msg: string): Promise<LogLine> {
    for (;;) {
      const index = this.log.findIndex((line) => line.msg === msg);
      if (index >= 0) return this.log.splice(index, 1)[0];
      const more = new Promise<undefined>((resolve) => {
        this.#arrived = () => resolve(undefined);
      });
      const code = await Promise.race([more, this.ended]);
      if (code !== undefined) throw new Error(`ended with ${code} without "${msg}": ${JSON.stringify(this.log)}`);
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }
}

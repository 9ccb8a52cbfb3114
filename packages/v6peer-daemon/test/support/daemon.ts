/** A real v6peerd in a namespace. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TestNamespace } from "./namespace.ts";

export const DAEMON: string = fileURLToPath(new URL("../../bin/v6peerd.js", import.meta.url));

/** One line of the log. */
export type LogLine = { readonly msg?: string; readonly level: number } & Readonly<Record<string, unknown>>;

/** A directory with a configuration and room for the control socket. */
export class DaemonHome {
  readonly directory: string = mkdtempSync(join(tmpdir(), "v6pd-"));
  readonly config: string = join(this.directory, "v6peer.toml");
  socket: string = join(this.directory, "control.sock");

  /** Writes the configuration: `more` goes to the top, `tables` to the end. */
  write(more = "", tables = "", exit = 'mode = "pool"\npool = ["192.0.2.64/28"]'): void {
    writeFileSync(
      this.config,
      `prefix = "2001:db8:64::/80"
lab = true
${more}
[local-exit]
${exit}
[bans]
file = "${join(this.directory, "bans.json")}"
[control]
socket = "${this.socket}"
${tables.includes("[metrics]") ? "" : '[metrics]\nlisten = "127.0.0.1:0"\n'}${tables}
`,
    );
  }

  /** Writes a whole configuration but for the socket. */
  writeWhole(text: string): void {
    // Nothing of a test is to be left on this machine.
    const log = text.includes("[audit-log]") ? "" : `[audit-log]\ndirectory = "${join(this.directory, "audit")}"\n`;
    writeFileSync(
      this.config,
      `${text}\n${log}[bans]\nfile = "${join(this.directory, "bans.json")}"\n[control]\nsocket = "${this.socket}"\n`,
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** A started daemon. */
export class RunningDaemon {
  readonly process: ChildProcess;
  readonly log: LogLine[] = [];
  stderr = "";
  readonly ended: Promise<number | null>;
  #waiting: { readonly is: (line: LogLine) => boolean; readonly resolve: (line: LogLine) => void }[] = [];

  /** @param before a shell command that runs in the daemon's own mount namespace before it */
  constructor(namespace: TestNamespace, home: DaemonHome, before = "true") {
    const command = [process.execPath, DAEMON, "-c", home.config];
    this.process = spawn(
      "ip",
      ["netns", "exec", namespace.name, "sh", "-ec", `${before}; exec "$@"`, "sh", ...command],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.ended = once(this.process, "close").then(([code]) => code as number | null);
    this.process.stderr?.on("data", (chunk) => {
      this.stderr += String(chunk);
    });
    if (this.process.stdout === null) throw new Error("no standard output");
    createInterface(this.process.stdout).on("line", (line) => {
      const entry = JSON.parse(line) as LogLine;
      this.log.push(entry);
      this.#waiting = this.#waiting.filter(({ is, resolve }) => {
        if (is(entry)) resolve(entry);
        return !is(entry);
      });
    });
  }

  /** Waits for a line of the log that comes, or came, with this message. Rejects when the daemon ends before. */
  async message(msg: string, after = 0): Promise<LogLine> {
    const is = (line: LogLine) => line.msg === msg;
    const seen = this.log.slice(after).find(is);
    if (seen !== undefined) return seen;
    return Promise.race([
      new Promise<LogLine>((resolve) => this.#waiting.push({ is, resolve })),
      this.ended.then((code) => {
        throw new Error(`v6peerd ended with ${code}: ${this.stderr}${JSON.stringify(this.log)}`);
      }),
    ]);
  }

  /** Sends a signal to the daemon itself (`ip netns exec` becomes it) and waits for its end. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }
}

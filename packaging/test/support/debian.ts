/** A Debian with a booted systemd in a host of the lab. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host, Lab, Outcome } from "@nat64/lab";
import { baseTree } from "./base-tree.ts";

const BOOT = new URL("./boot.sh", import.meta.url).pathname;

const ENVIRONMENT = [
  "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
  "LC_ALL=C.UTF-8",
  "HOME=/root",
  "DEBIAN_FRONTEND=noninteractive",
];

/** Where cgroups of version 2 can be made, or `undefined` where none can: there nothing can be booted. */
export const CGROUPS: string | undefined = readFileSync("/proc/mounts", "utf8")
  .split("\n")
  .map((line) => line.split(" "))
  .find(([, , type, options]) => type === "cgroup2" && /^rw\b/.test(options ?? ""))?.[1];

/** Boots one in each host of the lab that needs one. */
export class Debian {
  readonly #host: Host;
  /** Its process 1, as this machine numbers it. */
  readonly pid: number;
  readonly #cgroup: string;

  private constructor(host: Host, pid: number, cgroup: string) {
    this.#host = host;
    this.pid = pid;
    this.#cgroup = cgroup;
  }

  /** @param packages a folder that it has at /debs */
  static async boot(lab: Lab, host: Host, packages: string): Promise<Debian> {
    const folder = `${lab.directory}/${host.name}-debian`;
    const cgroup = `${CGROUPS}/nat64-${lab.runId}-${host.name}`;
    mkdirSync(folder);
    mkdirSync(cgroup);
    const starter = await host.start(["bash", BOOT, baseTree(), folder, packages]);
    writeFileSync(`${cgroup}/cgroup.procs`, String(starter.pid));
    writeFileSync(`${folder}.go`, "");
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (!starter.running || Date.now() > deadline) throw new Error(`it does not boot: ${starter.stderr}`);
      const pid = firstChild(starter.pid);
      if (pid !== undefined && readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("/lib/systemd/systemd")) {
        const debian = new Debian(host, pid, cgroup);
        const { stdout } = await debian.run("systemctl", "is-system-running");
        if (/^(running|degraded)/.test(stdout)) return debian;
      }
      await sleep(100);
    }
  }

  /** Runs a program in it, as root, and returns how it ended. */
  run(...argv: readonly string[]): Promise<Outcome> {
    return this.#host.run([...this.#enter(), ...argv], { timeout: 120_000 });
  }

  /** Runs a program in it that has to work, and returns what it printed. */
  must(...argv: readonly string[]): Promise<string> {
    return this.#host.must([...this.#enter(), ...argv], { timeout: 120_000 });
  }

  /** Runs a line of shell that has to work. @param input its standard input */
  shell(line: string, input = ""): Promise<string> {
    return this.#host.must([...this.#enter(), "sh", "-ec", line], { input, timeout: 120_000 });
  }

  /** A property of a unit, as `systemctl show` tells it. */
  async show(unit: string, property: string): Promise<string> {
    return (await this.must("systemctl", "show", unit, "-p", property, "--value")).trim();
  }

  /** Waits until something that is asked for is as it should be. */
  async until(what: string, ask: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await ask())) {
      if (Date.now() > deadline) throw new Error(`${what}: not within 30 seconds`);
      await sleep(100);
    }
  }

  /** Ends all that is left of it and removes its cgroup. To be called when the lab is down. */
  async removeCgroup(): Promise<void> {
    writeFileSync(`${this.#cgroup}/cgroup.kill`, "1");
    await this.until("its cgroup is empty", async () =>
      /^populated 0$/m.test(readFileSync(`${this.#cgroup}/cgroup.events`, "utf8")),
    );
    remove(this.#cgroup);
  }

  #enter(): string[] {
    const namespaces = ["--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root", "--wd"];
    return ["nsenter", "--target", String(this.pid), ...namespaces, "env", "-i", ...ENVIRONMENT];
  }
}

function firstChild(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

function remove(cgroup: string): void {
  if (!existsSync(cgroup)) return;
  for (const entry of readdirSync(cgroup, { withFileTypes: true })) {
    if (entry.isDirectory()) remove(`${cgroup}/${entry.name}`);
  }
  rmdirSync(cgroup);
}

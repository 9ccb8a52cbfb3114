/**
 * Three network namespaces, and what runs in them.
 *
 *      peer                      home NAT                       world
 *      192.168.1.10/24 ───────── 192.168.1.1, 198.51.100.7 ──── 198.51.100.1, 192.0.2.1, 192.0.2.2,
 *                                                               203.0.113.9, 203.0.113.10, 203.0.113.80
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { askStatus, type Status } from "../../src/index.ts";

/** Why these tests cannot run here, or nothing. */
export const CANNOT_RUN: string | undefined =
  process.getuid?.() !== 0
    ? "needs root"
    : ["ip", "nft", "openssl"].find((tool) => spawnSync(tool, ["--version"]).error !== undefined);

export const PROGRAM: string = fileURLToPath(new URL("../../bin/v4peer.js", import.meta.url));
const WORLD = fileURLToPath(new URL("./world.mjs", import.meta.url));

/** A line of JSON that a process has printed. */
export type Line = Readonly<Record<string, unknown>>;

/** A process that prints JSON lines. */
export class Talker {
  readonly lines: Line[] = [];
  readonly errors: string[] = [];
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;
  #waiting: (() => void)[] = [];

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.process = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
    const { stdout, stderr } = this.process;
    createInterface({ input: stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as Line);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    stderr?.setEncoding("utf8").on("data", (text: string) => this.errors.push(text));
    this.exit = new Promise((resolve) =>
      this.process.once("exit", (code) => {
        resolve(code);
        for (const wake of this.#waiting.splice(0)) wake();
      }),
    );
  }

  /** The first line from number `from` on that fits; waits for it. */
  async line(fits: (line: Line) => boolean, what: string, from = 0): Promise<Line> {
    const until = Date.now() + 100_000;
    for (let next = from; ; ) {
      for (; next < this.lines.length; next++) if (fits(this.lines[next])) return this.lines[next];
      if (this.process.exitCode !== null || Date.now() > until) {
        throw new Error(
          `no ${what}\n${this.lines.map((line) => JSON.stringify(line)).join("\n")}\n${this.errors.join("")}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  log(message: string, from = 0): Promise<Line> {
    return this.line(({ msg }) => msg === message, `log line "${message}"`, from);
  }

  tell(command: Line): void {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.process.kill(signal);
    return this.exit;
  }
}

/** The namespaces, the world, and the peers that a test starts. */
export class PeerLab {
  readonly directory: string = mkdtempSync(join(tmpdir(), "v4peer-"));
  readonly socket: string = join(this.directory, "control.sock");
  readonly #id: string = randomBytes(3).toString("hex");
  readonly world: Talker;
  readonly #talkers: Talker[] = [];

  constructor() {
    const [peer, home, world] = ["peer", "home", "world"].map((name) => this.#name(name));
    for (const name of [peer, home, world]) {
      execFileSync("ip", ["netns", "add", name]);
      this.#ip(name, "link set lo up");
    }
    this.#ip(home, `link add lan type veth peer name eth0 netns ${peer}`);
    this.#ip(home, `link add wan type veth peer name eth0 netns ${world}`);
    for (const [name, device, address] of [
      [peer, "eth0", "192.168.1.10/24"],
      [home, "lan", "192.168.1.1/24"],
      [home, "wan", "198.51.100.7/24"],
      [world, "eth0", "198.51.100.1/24"],
    ]) {
      this.#ip(name, `address add ${address} dev ${device}`);
      this.#ip(name, `link set ${device} up`);
    }
    for (const address of ["192.0.2.1", "192.0.2.2", "203.0.113.9", "203.0.113.10", "203.0.113.80"]) {
      this.#ip(world, `address add ${address}/32 dev lo`);
    }
    this.#ip(peer, "route add default via 192.168.1.1");
    this.#ip(home, "route add default via 198.51.100.1");
    this.#run(home, "echo 1 > /proc/sys/net/ipv4/ip_forward");
    const nat = `table ip nat {
      chain post { type nat hook postrouting priority srcnat; oifname wan masquerade; }
      chain in { type filter hook input priority filter; iifname wan ct state new drop; }
    }`;
    this.#run(home, `echo '${nat}' | nft -f -`);
    const pem = join(this.directory, "world.pem");
    const request = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=coordinator", "-days", "2"];
    execFileSync("openssl", [...request, "-keyout", pem, "-out", `${pem}.crt`], { stdio: "pipe" });
    this.#run(world, `cat ${pem}.crt >> ${pem}`);
    this.world = this.start("world", [process.execPath, WORLD, pem]);
  }

  /** Starts a program in a namespace. */
  start(where: "peer" | "home" | "world", argv: readonly string[]): Talker {
    const talker = new Talker("ip", ["netns", "exec", this.#name(where), ...argv]);
    this.#talkers.push(talker);
    return talker;
  }

  /** The pin of the world's coordinator. */
  get pin(): string {
    const pem = join(this.directory, "world.pem");
    return execFileSync(
      "sh",
      [
        "-c",
        `openssl x509 -in ${pem} -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`,
      ],
      { encoding: "utf8" },
    )
      .trim()
      .replace(/^/, "sha256//");
  }

  /** What every run of v4peer in here needs. */
  arguments(...more: readonly string[]): string[] {
    return [
      ...["--coordinator", "192.0.2.1", "--pin", this.pin, "--lab", "--socket", this.socket],
      ...["--identity", join(this.directory, "identity.pem"), ...more],
    ];
  }

  /** Starts `v4peer run`. */
  run(...more: string[]): Talker {
    return this.start("peer", [process.execPath, PROGRAM, "run", ...this.arguments(...more)]);
  }

  /** `v4peer run` with a pair whose path is up. */
  async runWithPair(...more: string[]): Promise<Talker> {
    const from = this.world.lines.length;
    const peer = this.run(...more);
    await this.said("mapped", from);
    this.world.tell({ command: "offer" });
    await peer.log("a path is up");
    return peer;
  }

  /** What the peer said to the coordinator. */
  async said(type: string, from = 0): Promise<Line> {
    const fits = ({ event, message }: Line): boolean => event === "said" && (message as Line).type === type;
    return (await this.world.line(fits, `message ${type}`, from)).message as Line;
  }

  /** The next packet that comes back to the IPv6 peer. */
  packet(from: number): Promise<Line> {
    return this.world.line(({ event }) => event === "packet", "packet", from);
  }

  /** Sends a packet as the IPv6 peer. @returns where in the world's lines an answer can come from */
  send(packet: Line): number {
    const from = this.world.lines.length;
    this.world.tell({ command: "send", ...packet });
    return from;
  }

  /** Sends an ICMP error as the IPv6 peer. */
  sendError(fields: Line): void {
    this.world.tell({ command: "sendError", ...fields });
  }

  /** What the one that runs says of itself. Unix sockets know no network namespaces. */
  status(): Promise<Status> {
    return askStatus(this.socket);
  }

  /** Runs a command of `v4peer` that asks the one that runs. */
  ask(command: string, ...more: string[]): Talker {
    return this.start("peer", [process.execPath, PROGRAM, command, ...more, "--socket", this.socket]);
  }

  /** Waits until the status fits. */
  async until(fits: (status: Status) => boolean): Promise<void> {
    await expect.poll(async () => fits(await this.status())).toBe(true);
  }

  /** Runs a shell command in the peer's namespace. */
  inPeer(command: string): string {
    return this.#run(this.#name("peer"), command);
  }

  /** Runs a shell command in the home NAT's namespace. */
  inHome(command: string): string {
    return this.#run(this.#name("home"), command);
  }

  /** Runs `v4peer` with a command that prints JSON, whatever its exit code. */
  inPeerProgram(...argv: string[]): Line[] {
    const all = ["netns", "exec", this.#name("peer"), process.execPath, PROGRAM, ...argv];
    return JSON.parse(spawnSync("ip", all, { encoding: "utf8" }).stdout) as Line[];
  }

  /** Everything about the peer's network that could be changed, as text to compare. */
  state(): string {
    return this.inPeer(
      `ip -o address | sed 's/valid_lft.*//; s/ tentative//'; ip -4 route show table all; nft list ruleset
       cd /proc/sys/net; grep -s "" ipv4/ip_forward ipv4/conf/*/* | sort`,
    );
  }

  async remove(): Promise<void> {
    await Promise.all(this.#talkers.map((talker) => talker.stop("SIGKILL")));
    for (const name of ["peer", "home", "world"]) execFileSync("ip", ["netns", "delete", this.#name(name)]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  #name(name: string): string {
    return `v4pd-${this.#id}-${name}`;
  }

  #ip(name: string, command: string): void {
    execFileSync("ip", ["-n", name, ...command.split(" ")], { stdio: "pipe" });
  }

  #run(name: string, command: string): string {
    return execFileSync("ip", ["netns", "exec", name, "sh", "-ec", command], { encoding: "utf8", stdio: "pipe" });
  }
}

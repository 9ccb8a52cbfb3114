/**
 * An IPv6 peer without any IPv4, with everything around it:
 *
 *     client ── peer ──IPv6── core ──IPv4── home
 *                             │ Miredo relay, coordinator
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { identityOfSeed } from "@nat64/peer-protocol/node";
import { vi } from "vitest";
import { DaemonHome, RunningDaemon } from "./daemon.ts";
import { TestNamespace } from "./namespace.ts";

const COORDINATOR = fileURLToPath(new URL("../../../coordinator/bin/nat64-coordinator.js", import.meta.url));
const IPV4_PEER = fileURLToPath(new URL("ipv4-peer.mjs", import.meta.url));
const HOST = "2001:db8:5::2";

/** Whether Debian's miredo is here. */
export const HAS_MIREDO: boolean = existsSync("/usr/sbin/miredo");

/** Whether Debian's miredo-server is, too. */
export const HAS_MIREDO_SERVER: boolean = existsSync("/usr/sbin/miredo-server");

export class PeerWorld {
  readonly client: TestNamespace = new TestNamespace();
  readonly peer: TestNamespace = new TestNamespace();
  readonly core: TestNamespace = new TestNamespace();
  readonly home: TestNamespace = new TestNamespace();
  readonly files: DaemonHome = new DaemonHome();
  readonly #running: ChildProcess[] = [];
  pin = "";
  coordinator: ChildProcess | undefined;
  daemon!: RunningDaemon;

  constructor() {
    for (const each of [this.client, this.peer, this.core, this.home]) {
      each.run("echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad");
    }
    this.peer.run(`
      ip link add c0 type veth peer name eth0 netns ${this.client.name}
      ip link add r0 type veth peer name p0 netns ${this.core.name}
      ip link set c0 up; ip link set r0 up
      ip -6 address add 2001:db8:c::1/64 dev c0 nodad
      ip -6 address add 2001:db8:5::1/64 dev r0 nodad
      ip -6 route add default via ${HOST}
    `);
    this.client.run(`
      ip link set eth0 up
      ip -6 address add 2001:db8:c::2/64 dev eth0 nodad
      ip -6 route add default via 2001:db8:c::1
    `);
    this.core.run(`
      ip link add h0 type veth peer name eth0 netns ${this.home.name}
      ip link set p0 up; ip link set h0 up
      ip -6 address add ${HOST}/64 dev p0 nodad
      ip address add 203.0.113.1/24 dev h0
      ip address add 203.0.113.3/24 dev h0
      ip address add 203.0.113.4/24 dev h0
      ip -6 route add 2001:db8:64::/80 via 2001:db8:5::1
      ip -6 route add 2001:db8:c::/64 via 2001:db8:5::1
      echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
      ip -6 address add 2001:db8:66::1/64 dev h0 nodad
    `);
    this.home.run(`
      ip link set eth0 up
      ip address add 203.0.113.2/24 dev eth0
      ip -6 address add 2001:db8:66::2/64 dev eth0 nodad
    `);
  }

  /** Where the built-in relay is, for tests that have one: the peer then has IPv4, too. */
  giveIPv4(): void {
    this.core.run("ip address add 198.51.100.1/24 dev p0; echo 1 > /proc/sys/net/ipv4/ip_forward");
    this.peer.run("ip address add 198.51.100.2/24 dev r0; ip route add default via 198.51.100.1");
    this.home.run("ip route add default via 203.0.113.1");
  }

  /** Gives the client addresses in so many /48s. */
  giveClients(count: number): void {
    this.peer.run("ip -6 route add 2001:db8:c00::/40 via 2001:db8:c::2");
    this.core.run("ip -6 route add 2001:db8:c00::/40 via 2001:db8:5::1");
    for (let i = 1; i <= count; i++) this.client.run(`ip -6 address add ${clientAddress(i)}/128 dev eth0 nodad`);
  }

  async startCoordinator(): Promise<void> {
    const config = join(this.files.directory, "coordinator.toml");
    writeFileSync(
      config,
      `lab = true
[tls]
self-signed = "${join(this.files.directory, "coordinator.pem")}"
[teredo]
primary = "203.0.113.3:3544"
secondary = "203.0.113.4:3544"
[prefix-proofs]
source = "[${HOST}]:3544"
[enrolment]
mode = "open"
[prefixes]
listen = "off"
[metrics]
listen = "off"
[control]
socket = "${join(this.files.directory, "coordinator.sock")}"
`,
    );
    this.pin ||= execFileSync(process.execPath, [COORDINATOR, "-c", config, "--print-pin"], {
      encoding: "utf8",
    }).trim();
    this.coordinator = await this.#start(this.core, [process.execPath, COORDINATOR, "-c", config], '"ready"');
  }

  async startMiredo(): Promise<ChildProcess> {
    const config = join(this.files.directory, "miredo.conf");
    const lines = ["RelayType cone", "InterfaceName teredo", "BindAddress 203.0.113.1", "BindPort 3545"];
    writeFileSync(config, `${lines.join("\n")}\n`);
    const pid = join(this.files.directory, `miredo-${this.#running.length}.pid`);
    const relay = await this.#start(this.core, ["/usr/sbin/miredo", "-f", "-c", config, "-p", pid, "-u", "nobody"]);
    await until("Miredo's route", () => this.core.run("ip -6 route show dev teredo || true").includes("2001::/32"));
    return relay;
  }

  /** A Teredo client in the home, with a server in the core; ready when it has its address. */
  async startMiredoClient(): Promise<void> {
    this.core.run("ip address add 203.0.113.5/24 dev h0; ip address add 203.0.113.6/24 dev h0");
    const server = join(this.files.directory, "server.conf");
    writeFileSync(server, "ServerBindAddress 203.0.113.5\n");
    const client = join(this.files.directory, "client.conf");
    writeFileSync(client, "InterfaceName teredo\nServerAddress 203.0.113.5\nServerAddress2 203.0.113.6\n");
    const pid = (name: string) => ["-p", join(this.files.directory, `${name}.pid`), "-u", "nobody"];
    await this.#start(this.core, ["/usr/sbin/miredo-server", "-f", "-c", server, ...pid("server")]);
    await until("the Teredo server", () => this.core.run("ss -Hlun").includes("203.0.113.6:3544"));
    await this.#start(this.home, ["/usr/sbin/miredo", "-f", "-c", client, ...pid("client")]);
    await until("a Teredo address", () => this.home.run("ip -6 address show").includes("inet6 2001:0:"));
  }

  /** @param kind `black`: it answers probes and drops all data */
  async startIPv4Peer(seed: number = 1, kind: "honest" | "black" = "honest"): Promise<ChildProcess> {
    return this.#start(
      this.home,
      [process.execPath, IPV4_PEER, "2001:db8:66::1", this.pin, String(seed), kind],
      '"registered"',
    );
  }

  async startDaemon(exits = 'relay = "system"', more = ""): Promise<void> {
    const state = join(this.files.directory, "state");
    this.files.writeWhole(`prefix = "2001:db8:64::/80"
lab = true
${more}
[coordinator]
host = "${HOST}"
pin = "${this.pin}"
abuse = "abuse@example.net"
state = "${state}"
[peer-exits]
${exits}
[metrics]
listen = "127.0.0.1:9464"
`);
    this.daemon = new RunningDaemon(this.peer, this.files);
    await this.daemon.message("ready");
  }

  /** Waits until so many paths have gone into a state. */
  async path(to: string, count = 1, after = 0): Promise<void> {
    await until(`a path that is ${to}`, () => {
      const lines = this.daemon.log
        .slice(after)
        .filter((line) => line.msg === "the state of a path has changed" && line.to === to);
      return lines.length >= count;
    });
  }

  /** Which seed gives a peer id. */
  seedOf(peer: string): number {
    return [1, 2].find((seed) => identityOfSeed(new Uint8Array(32).fill(seed)).peerId === peer) ?? 0;
  }

  /** Kills a program without a word. Its output may stay open: Miredo's helper holds it. */
  async kill(child: ChildProcess | undefined): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    if (this.daemon !== undefined) await this.daemon.stop("SIGKILL");
    for (const each of this.#running) await this.kill(each);
    for (const each of [this.client, this.peer, this.core, this.home]) {
      for (const pid of execFileSync("ip", ["netns", "pids", each.name], { encoding: "utf8" }).match(/\d+/g) ?? []) {
        process.kill(Number(pid), "SIGKILL");
      }
      each.remove();
    }
    this.files.remove();
  }

  async #start(namespace: TestNamespace, command: readonly string[], ready = ""): Promise<ChildProcess> {
    const child = spawn("ip", ["netns", "exec", namespace.name, ...command], { stdio: ["ignore", "pipe", "pipe"] });
    this.#running.push(child);
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += String(chunk);
    });
    child.stderr?.on("data", (chunk) => {
      said += String(chunk);
    });
    await until(`${command[1]}: ${ready}`, () => {
      if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended: ${said}`);
      return said.includes(ready);
    });
    return child;
  }
}

/** An address of the client, in a /48 of its own: see {@link PeerWorld.giveClients}. */
export function clientAddress(number: number): string {
  return `2001:db8:c${number.toString(16).padStart(2, "0")}::1`;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const check = () => {
    if (!holds()) throw new Error(`it never came: ${what}`);
  };
  await vi.waitFor(check, { timeout: 60_000, interval: 50 });
}

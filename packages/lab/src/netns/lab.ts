import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "./command.ts";
import { Host } from "./host.ts";
import { cleanUpOnExit, forget } from "./on-exit.ts";
import { keepRun, RUNS, removeLeftovers, removeRun } from "./remove.ts";
import { newRunId } from "./run-id.ts";

/** One end of a link: the host, and the addresses (with prefix length) of its interface. */
export interface LinkEnd {
  readonly host: Host;
  readonly addresses: readonly string[];
}

/**
 * Some hosts and the links between them, on this machine, with no way out. `down` removes all of it, and so does any
 * end of the process. After a `kill -9`, the next lab removes it.
 */
export class Lab {
  readonly runId: string = newRunId();
  /** For logs, configs and sockets; removed with the lab. */
  readonly directory: string = `${RUNS}/${this.runId}`;
  readonly hosts: Map<string, Host> = new Map();
  readonly #links: [Host, string][] = [];

  private constructor() {
    mkdirSync(this.directory, { recursive: true, mode: 0o755 });
    cleanUpOnExit(this.runId);
  }

  /** A lab without hosts. Removes leftovers of dead runs first. Needs root. */
  static create(): Lab {
    removeLeftovers();
    return new Lab();
  }

  /** Adds a host. */
  async host(name: string): Promise<Host> {
    const host = new Host(this.runId, name, this.directory);
    await must(["ip", "netns", "add", host.namespace]);
    this.hosts.set(name, host);
    // Without duplicate address detection link-local addresses, too, are usable at once.
    await host.sysctl({
      "net/ipv6/conf/all/accept_dad": 0,
      "net/ipv6/conf/default/accept_dad": 0,
      "net/ipv6/conf/default/accept_ra": 0,
    });
    await host.ip("link set lo up");
    return host;
  }

  /** Joins two hosts by a veth pair. Each interface is named after the host at its other end: `to-<host>`. */
  async link(left: LinkEnd, right: LinkEnd, mtu = 1500): Promise<void> {
    const [leftDevice, rightDevice] = [`to-${right.host.name}`, `to-${left.host.name}`];
    const peer = `peer name ${rightDevice} netns ${right.host.namespace} mtu ${mtu}`;
    await left.host.ip(`link add ${leftDevice} mtu ${mtu} type veth ${peer}`);
    await this.#bringUp(left, leftDevice);
    await this.#bringUp(right, rightDevice);
  }

  /** Waits until all links have a carrier. */
  async ready(): Promise<void> {
    const deadline = Date.now() + 10_000;
    for (const [host, device] of this.#links) {
      while (!(await host.isUp(device))) {
        if (Date.now() > deadline) throw new Error(`the link ${device} of ${host.name} does not come up`);
        await sleep(10);
      }
    }
  }

  /** Lets the lab outlive this process. `removeRun` removes it later. */
  keep(): void {
    keepRun(this.runId);
    forget(this.runId);
  }

  /** Ends all its processes and removes everything it created. */
  down(): void {
    removeRun(this.runId);
    forget(this.runId);
  }

  async #bringUp({ host, addresses }: LinkEnd, device: string): Promise<void> {
    for (const address of addresses) await host.addAddress(device, address);
    await host.ip(`link set ${device} up`);
    this.#links.push([host, device]);
  }
}

/**
 * A small IPv4 internet for the machines of this package: virtual time, UDP datagrams as values, hosts behind NATs.
 * Each datagram is delivered 10 ms after it was sent.
 */

/** Handles a datagram that reached a host. */
export type Receive = (from: number, fromPort: number, to: number, toPort: number, bytes: Uint8Array) => void;

export interface UdpDatagram {
  readonly at: number;
  readonly from: number;
  readonly fromPort: number;
  readonly to: number;
  readonly toPort: number;
  readonly bytes: Uint8Array;
}

const LATENCY = 10;

export class World {
  now = 0;
  /** All datagrams that crossed the public network. */
  readonly wire: UdpDatagram[] = [];
  /** Decides which datagrams are lost. */
  lose: (datagram: UdpDatagram) => boolean = () => false;
  readonly #hosts: Map<number, Receive> = new Map();
  readonly #machines: { nextDeadline(): number; run(): void }[] = [];
  #queue: UdpDatagram[] = [];

  /** A host (or a NAT's outside) on the public network. */
  attach(address: number, receive: Receive): void {
    this.#hosts.set(address, receive);
  }

  /** Something with timers. */
  drive(machine: { nextDeadline(): number; run(): void }): void {
    this.#machines.push(machine);
  }

  send(from: number, fromPort: number, to: number, toPort: number, bytes: Uint8Array): void {
    const datagram = { at: this.now, from, fromPort, to, toPort, bytes };
    this.wire.push(datagram);
    if (!this.lose(datagram)) this.#queue.push(datagram);
  }

  /** Advances the time by a number of milliseconds. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (;;) {
      const arrival = this.#queue.length > 0 ? this.#queue[0].at + LATENCY : Number.POSITIVE_INFINITY;
      const due = Math.min(...this.#machines.map((machine) => machine.nextDeadline()), arrival);
      if (due > end) break;
      this.now = Math.max(this.now, due);
      const arrived = this.#queue.filter((datagram) => datagram.at + LATENCY <= this.now);
      this.#queue = this.#queue.filter((datagram) => datagram.at + LATENCY > this.now);
      for (const { from, fromPort, to, toPort, bytes } of arrived) {
        this.#hosts.get(to)?.(from, fromPort, to, toPort, bytes);
      }
      for (const machine of this.#machines) if (machine.nextDeadline() <= this.now) machine.run();
    }
    this.now = end;
  }
}

export type NatBehaviour = "full-cone" | "port-restricted" | "symmetric";

/** A NAT with one host behind it. */
export class Nat {
  readonly #world: World;
  readonly #address: number;
  readonly #behaviour: NatBehaviour;
  /** Outside port of each (inside port, and for a symmetric one destination). */
  #ports: Map<string, number> = new Map();
  #inside: Map<number, number> = new Map();
  #allowed: Set<string> = new Set();
  #next: number;

  constructor(world: World, address: number, behaviour: NatBehaviour, receive: Receive, firstPort = 40_000) {
    this.#world = world;
    this.#address = address;
    this.#behaviour = behaviour;
    this.#next = firstPort;
    world.attach(address, (from, fromPort, to, toPort, bytes) => {
      const inside = this.#inside.get(toPort);
      const isAllowed = behaviour === "full-cone" || this.#allowed.has(`${toPort}:${from}:${fromPort}`);
      if (inside !== undefined && isAllowed) receive(from, fromPort, to, inside, bytes);
    });
  }

  send(port: number, to: number, toPort: number, bytes: Uint8Array): void {
    const key = this.#behaviour === "symmetric" ? `${port}:${to}:${toPort}` : `${port}`;
    const outside = this.#ports.get(key) ?? this.#next++;
    this.#ports.set(key, outside);
    this.#inside.set(outside, port);
    this.#allowed.add(`${outside}:${to}:${toPort}`);
    this.#world.send(this.#address, outside, to, toPort, bytes);
  }

  /** Deletes every mapping, as a reboot of the NAT does. */
  forget(): void {
    this.#ports = new Map();
    this.#inside = new Map();
    this.#allowed = new Set();
  }
}

/** Repeatable "random" words. */
export function words(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state | 0;
  };
}

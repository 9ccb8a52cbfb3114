/** A Teredo relay's machine on a simulated host, run by the IPv6 peers or their providers. */
import { bytesOf, type Refusals } from "@nat64/rfc6052";
import type { BothWaysOptions, Host, IPv6Prefix, Simulation, Timer, UdpSocket } from "@nat64/simnet";
import { type RelayOutput, TeredoRelay } from "@nat64/teredo";

/** The UDP port that it sends from. */
const RELAY_PORT = 3545;

export interface RelayNodeOptions {
  readonly name: string;
  /** An int32 word. */
  readonly ipv4: number;
  /** Sixteen bytes: its address on the native side. */
  readonly ipv6: Uint8Array;
  /** The prefixes of the IPv6 peers that it serves. */
  readonly serves: readonly Required<IPv6Prefix>[];
  readonly refusals: Refusals;
  readonly link: BothWaysOptions;
}

export class RelayNode {
  readonly host: Host;
  readonly #simulation: Simulation;
  readonly #options: RelayNodeOptions;
  #machine: TeredoRelay | undefined;
  #socket: UdpSocket | undefined;
  #timer: Timer | undefined;

  constructor(simulation: Simulation, options: RelayNodeOptions) {
    this.#simulation = simulation;
    this.#options = options;
    const { name, ipv4, ipv6, link } = options;
    const start = (host: Host): void => this.#start(host);
    this.host = simulation.addHost(name, { ipv4: [ipv4], ipv6: [{ address: ipv6 }], link, start });
  }

  /** The machine of this life; absent while the host is down. */
  get machine(): TeredoRelay | undefined {
    return this.host.isUp ? this.#machine : undefined;
  }

  #start(host: Host): void {
    const { ipv4, ipv6, serves, refusals } = this.#options;
    const random = (): number => host.random.int32();
    const machine = new TeredoRelay({
      serves,
      errorSource: ipv6,
      own: [{ address: ipv4, port: RELAY_PORT }],
      isGlobalUnicast: (address) => !refusals.refusesIPv4(address),
      hashKey: [random(), random()],
      random,
    });
    this.#machine = machine;
    this.#timer = host.timer((now) => this.#do(machine, machine.advance(now)));
    this.#socket = host.bindUdp(RELAY_PORT, (bytes, address, port) =>
      this.#do(machine, machine.receiveDatagram(address, port, bytes, this.#simulation.now)),
    );
    host.onIPv6((packet) => this.#do(machine, machine.receivePacket(packet, this.#simulation.now)));
  }

  #do(machine: TeredoRelay, outputs: readonly RelayOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "datagram") this.#socket?.send(output.bytes, output.address, output.port);
      else this.host.sendIPv6(output.bytes);
    }
    this.#timer?.set(machine.nextDeadline());
  }
}

/** 2001::/32 (RFC 4380 §2.6), which is routed to a relay. */
export const TEREDO_PREFIX: Required<IPv6Prefix> = { address: bytesOf([0x20010000, 0, 0, 0]), length: 32 };

import type { Core } from "../core.ts";
import type { Attachment } from "../network/attachment.ts";
import { Link } from "../network/link.ts";
import type { BothWaysOptions } from "../network/link-options.ts";
import type { Network } from "../network/network.ts";
import { PrefixTable } from "../network/prefix-table.ts";
import { REASON } from "../observe/drop-reasons.ts";
import { type Address, checkAddress, checkPort, type IPv6Prefix } from "../packet/addresses.ts";
import { type Hop, IPV6, type Packet, SEGMENT, UDP } from "../packet/packet.ts";
import type { Random } from "../random/random.ts";
import { SimulationError } from "../simulation-error.ts";
import type { Accept, Stream, StreamHandlers } from "../stream/stream.ts";
import { StreamLayer, type StreamOptions } from "../stream/stream-layer.ts";
import { Life } from "../time/life.ts";
import { PeriodicTimer, Timer, type TimerAction } from "../time/timer.ts";
import { UdpLayer } from "./udp-layer.ts";
import type { DatagramHandler, UdpSocket } from "./udp-socket.ts";

/** Maximum bytes in a UDP datagram over IPv4: 65,535 − 20 − 8. */
const MAX_DATAGRAM = 65_507;
/** Bytes of an IPv6 header, and maximum bytes of a packet (RFC 8200 §3). */
const IPV6_HEADER = 40;
const MAX_IPV6 = 65_575;

/** Options of a host. */
export interface HostOptions {
  /** Its IPv4 addresses, int32 words. It sends from the first by default. */
  readonly ipv4?: readonly number[];
  /** Its IPv6 addresses, each with the length of the prefix that is routed to it. Streams go out from the first. */
  readonly ipv6?: readonly IPv6Prefix[];
  /** Where it is; default the internet. */
  readonly network?: Network;
  /** Its link to there. */
  readonly link?: BothWaysOptions;
  /** Its program: called when the simulation next runs, and again at each restart. */
  readonly start?: (host: Host) => void;
}

/** Called for each raw IPv6 packet. The bytes are valid until it returns. */
export type IPv6Handler = (packet: Uint8Array) => void;

/** What other hosts see of a crash: resets (the process died) or nothing (power loss). */
export type CrashKind = "reset" | "silence";

/**
 * A host: addresses, a link, UDP sockets, streams, raw IPv6 packets and timers. Everything except the addresses and the
 * link belongs to its current life and is gone after a crash.
 */
export class Host implements Attachment, Hop {
  readonly name: string;
  readonly id: number;
  readonly link: Link;
  readonly network: Network;
  /** Its own IPv6 routes, which come before the network's, see {@link route}. */
  readonly routes: PrefixTable<Attachment> = new PrefixTable();
  /** Random numbers for its program. */
  readonly random: Random;
  /** Its IPv4 addresses, int32 words. */
  readonly ipv4: readonly number[];
  readonly ipv6: readonly IPv6Prefix[];
  readonly #core: Core;
  readonly #start: ((host: Host) => void) | undefined;
  readonly #streamOptions: StreamOptions;
  readonly #ports: Random;
  #life!: Life;
  #udp!: UdpLayer;
  #streams!: StreamLayer;
  #onIPv6: IPv6Handler | undefined;

  constructor(core: Core, name: string, id: number, network: Network, options: HostOptions, streams: StreamOptions) {
    this.#core = core;
    this.name = name;
    this.id = id;
    this.network = network;
    this.random = core.random(`host/${name}`);
    this.#ports = this.random.derive("ports");
    this.ipv4 = (options.ipv4 ?? []).map((address) => address | 0);
    this.ipv6 = options.ipv6 ?? [];
    this.#start = options.start;
    this.#streamOptions = streams;
    const toNetwork = (packet: Packet): void => network.forward(packet, this);
    this.link = new Link(core, name, options.link ?? {}, toNetwork, (packet) => this.receive(packet));
    for (const address of this.ipv4) network.addIPv4(address, this);
    for (const prefix of this.ipv6) {
      checkAddress(prefix.address);
      network.addRoute(prefix, this);
    }
    this.#live();
  }

  /** Whether it is up. */
  get isUp(): boolean {
    return this.#life.isAlive;
  }

  /** Number of open streams. */
  get streams(): number {
    return this.#streams.count;
  }

  /** Opens a UDP socket. @param port 0 for a random ephemeral port @param address default: the first address */
  bindUdp(port: number, onDatagram: DatagramHandler, address: number = this.ipv4[0]): UdpSocket {
    checkPort(port, 0);
    if (address === undefined || !this.ipv4.includes(address | 0)) {
      throw new SimulationError("bad-option", `${this.name} does not have the IPv4 address of the socket.`);
    }
    return this.#udp.bind(address | 0, port, onDatagram);
  }

  /** Sends a datagram from any address and port, for spoofing. */
  sendUdp(bytes: Uint8Array, from: number, fromPort: number, to: number, toPort: number): boolean {
    if (bytes.length > MAX_DATAGRAM) throw new RangeError(`${bytes.length} bytes are too long for a datagram.`);
    if (!this.isUp) return false;
    const packet = this.#core.makePacket();
    packet.kind = UDP;
    packet.setIPv4(from, to);
    packet.setPorts(fromPort, toPort);
    packet.fill(bytes);
    this.transmit(packet);
    return true;
  }

  /** Takes raw IPv6 packets for all its addresses and prefixes; one handler at a time. */
  onIPv6(handler: IPv6Handler): void {
    this.#onIPv6 = handler;
  }

  /** Sends a copy of an IPv6 packet, by the destination in its header. @returns false when it is down */
  sendIPv6(bytes: Uint8Array): boolean {
    if (!this.isUp) return false;
    const packet = this.#core.makePacket();
    packet.kind = IPV6;
    packet.setPorts(0, 0);
    const isGood = bytes.length >= IPV6_HEADER && bytes.length <= MAX_IPV6 && bytes[0] >> 4 === 6;
    packet.fill(isGood ? bytes : new Uint8Array(0));
    if (isGood) {
      packet.setIPv6(bytes, 8, bytes, 24);
      this.transmit(packet);
    } else {
      packet.setIPv4(0, 0);
      this.#core.sent(packet, this.name);
      this.#core.drop(packet, REASON["not-ipv6"], this.name);
    }
    return true;
  }

  /** Routes an IPv6 prefix to a node of the same network, regardless of the network's own route for it. */
  route(prefix: IPv6Prefix, to: Attachment): void {
    this.routes.remove(prefix);
    this.routes.add(prefix, to);
  }

  /** Accepts streams on a port of all its addresses. @returns a function that stops accepting; open streams continue */
  listen(port: number, accept: Accept): () => void {
    return this.#streams.listen(port, accept);
  }

  /** Opens a stream. @param address an int32 word (IPv4) or sixteen bytes (IPv6) */
  connect(address: Address, port: number, handlers: StreamHandlers): Stream {
    return this.#streams.connect(address, port, handlers);
  }

  /** Creates a timer of this life, not set yet. */
  timer(action: TimerAction): Timer {
    return new Timer(this.#core.queue, this.#life, action);
  }

  /** Calls a function at a time unless the host crashes before. */
  at(time: number, action: TimerAction): Timer {
    const timer = this.timer(action);
    timer.set(time);
    return timer;
  }

  /** Calls a function at an interval in milliseconds until the host crashes. @param first time of the first call */
  every(intervalMs: number, action: TimerAction, first?: number): PeriodicTimer {
    return new PeriodicTimer(this.#core.queue, this.#life, intervalMs, action, first);
  }

  /** Ends this life: sockets, streams and timers are gone, nothing is sent or received. */
  crash(kind: CrashKind = "silence"): void {
    if (!this.isUp) return;
    if (kind === "reset") this.#streams.resetAll();
    this.#life.isAlive = false;
  }

  /** Starts a new life if it is down. Its program starts again. */
  restart(): void {
    if (!this.isUp) this.#live();
  }

  /** For the network: handles a packet that came over the link. */
  receive(packet: Packet): void {
    if (packet.hasWaited) {
      this.arrive(packet);
      return;
    }
    packet.hop = this;
    this.#core.queue.schedule(packet, this.#core.queue.now);
  }

  /** For the network: handles a packet that arrived. */
  arrive(packet: Packet): void {
    if (!this.isUp) {
      this.#core.drop(packet, REASON["node-down"], this.name);
      return;
    }
    if (packet.kind === UDP) this.#arriveUdp(packet);
    else if (packet.kind === SEGMENT) this.#arriveSegment(packet);
    else this.#arriveIPv6(packet);
  }

  /** For the layers: the source address of streams. */
  localAddress(isIPv6: boolean): Address {
    const address = isIPv6 ? this.ipv6[0]?.address : this.ipv4[0];
    if (address === undefined) {
      throw new SimulationError("bad-option", `${this.name} has no IPv${isIPv6 ? 6 : 4} address to connect from.`);
    }
    return address;
  }

  /** For the layers: sends a packet. */
  transmit(packet: Packet): void {
    this.#core.sent(packet, this.name);
    this.link.out.enter(packet);
  }

  #arriveUdp(packet: Packet): void {
    const socket = this.#udp.socketOf(packet);
    if (socket === undefined) {
      this.#core.drop(packet, REASON["no-socket"], this.name);
      return;
    }
    this.#core.delivered(packet, this.name);
    socket.onDatagram(packet.bytes, packet.source0, packet.sourcePort, socket);
    this.#core.release(packet);
  }

  #arriveSegment(packet: Packet): void {
    this.#core.delivered(packet, this.name);
    this.#streams.receive(packet);
    this.#core.release(packet);
  }

  #arriveIPv6(packet: Packet): void {
    if (this.#onIPv6 === undefined) {
      this.#core.drop(packet, REASON["no-socket"], this.name);
      return;
    }
    this.#core.delivered(packet, this.name);
    this.#onIPv6(packet.bytes);
    this.#core.release(packet);
  }

  #live(): void {
    const life = new Life();
    this.#life = life;
    this.#udp = new UdpLayer(life, this.#ports, (...datagram) => this.sendUdp(...datagram));
    this.#streams = new StreamLayer(this.#core, this, life, this.#ports, this.#streamOptions);
    this.#onIPv6 = undefined;
    if (this.#start !== undefined) this.at(this.#core.queue.now, () => this.#start!(this));
  }
}

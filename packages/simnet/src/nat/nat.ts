import type { Core } from "../core.ts";
import type { Attachment, Gateway } from "../network/attachment.ts";
import { Link } from "../network/link.ts";
import { Network } from "../network/network.ts";
import { REASON } from "../observe/drop-reasons.ts";
import { MAPPED } from "../observe/trace.ts";
import { type Packet, SEGMENT } from "../packet/packet.ts";
import { SimulationError } from "../simulation-error.ts";
import { FOREVER } from "../time/life.ts";
import { Timer } from "../time/timer.ts";
import { NAT_PRESETS } from "./behaviour.ts";
import { MappingTable } from "./mapping-table.ts";
import type { NatOptions } from "./options.ts";

/**
 * A NAT (RFC 4787, for streams RFC 5382) between the network outside and one of its own. It translates sources of
 * outgoing packets and destinations of incoming packets, for UDP and for streams. It never hairpins and passes no IPv6.
 */
export class Nat implements Attachment, Gateway {
  readonly name: string;
  readonly id: number;
  readonly link: Link;
  readonly routes: undefined = undefined;
  /** The network behind it. */
  readonly inside: Network;
  readonly #core: Core;
  readonly #outside: Network;
  readonly #udp: MappingTable;
  readonly #streams: MappingTable;
  #address: number;
  /** The end of a reboot. */
  #downUntil = 0;

  constructor(core: Core, name: string, id: number, outside: Network, options: NatOptions) {
    const random = core.random(`nat/${name}`);
    const { behaviour, refreshOnInbound = false, ports = "random", portRange = [1024, 65_535] } = options;
    if (!(portRange[0] >= 1 && portRange[0] <= portRange[1] && portRange[1] <= 65_535)) {
      throw new SimulationError("bad-option", `The NAT ${name} has no ports between ${portRange.join(" and ")}.`);
    }
    const table = {
      behaviour: typeof behaviour === "string" ? NAT_PRESETS[behaviour] : behaviour,
      refreshOnInbound,
      isPreserving: ports === "preserving",
      lowestPort: portRange[0],
      highestPort: portRange[1],
    };
    this.#core = core;
    this.name = name;
    this.id = id;
    this.#outside = outside;
    this.#address = options.address | 0;
    this.inside = new Network(core, `${name}/inside`, this);
    this.#udp = new MappingTable({ ...table, timeoutMs: options.udpTimeoutMs ?? 120_000 }, random.derive("udp"));
    const streamTimeout = options.streamTimeoutMs ?? 7_440_000;
    this.#streams = new MappingTable({ ...table, timeoutMs: streamTimeout }, random.derive("streams"));
    const toNetwork = (packet: Packet): void => outside.forward(packet, this);
    this.link = new Link(core, name, options.link ?? {}, toNetwork, (packet) => this.receive(packet));
    outside.addIPv4(this.#address, this);
    if (options.rebootEveryMs !== undefined) this.#rebootAtRandom(options.rebootEveryMs, options.rebootMs ?? 0);
  }

  /** Its current outer IPv4 address. */
  get address(): number {
    return this.#address;
  }

  /** Mappings for UDP that have not timed out. */
  get udpMappings(): number {
    return this.#udp.count(this.#core.queue.now);
  }

  /** Mappings for streams that have not timed out. */
  get streamMappings(): number {
    return this.#streams.count(this.#core.queue.now);
  }

  /** Forwards an outer port to an inside address and port, for UDP and streams, for every remote endpoint. */
  forwardPort(outerPort: number, insideAddress: number, insidePort: number): void {
    const { now } = this.#core.queue;
    for (const table of [this.#udp, this.#streams]) {
      if (!table.addForwarding(outerPort, insideAddress | 0, insidePort, now)) {
        throw new SimulationError("in-use", `Port ${outerPort} of the NAT ${this.name} is in use.`);
      }
    }
  }

  /**
   * Removes all mappings; port forwardings stay. Later packets from inside get new ports with random allocation, and
   * usually the same ports with port preservation.
   *
   * @param forMs milliseconds during which nothing passes @param address the outer address from now on
   */
  reboot(forMs = 0, address: number = this.#address): void {
    if ((address | 0) !== this.#address) {
      this.#outside.addIPv4(address | 0, this);
      this.#outside.removeIPv4(this.#address);
      this.#address = address | 0;
    }
    this.#udp.clear();
    this.#streams.clear();
    this.#downUntil = this.#core.queue.now + forMs;
  }

  /** For the network: handles a packet from inside. */
  forwardOut(packet: Packet): void {
    if (!this.#accepts(packet)) return;
    const { now } = this.#core.queue;
    const { source0, sourcePort, destination0, destinationPort } = packet;
    if (destination0 === this.#address) {
      this.#drop(packet, REASON["nat-hairpin"]);
      return;
    }
    const table = this.#table(packet);
    let mapping = table.find(source0, sourcePort, destination0, destinationPort, now);
    if (mapping === undefined) {
      mapping = table.add(source0, sourcePort, destination0, destinationPort, now);
      if (mapping === undefined) {
        this.#drop(packet, REASON["nat-no-port"]);
        return;
      }
      this.#core.trace.packet(now, MAPPED, this.name, packet, mapping.outerPort);
    }
    table.refreshOutbound(mapping, destination0, destinationPort, now);
    packet.source0 = this.#address;
    packet.sourcePort = mapping.outerPort;
    this.link.out.enter(packet);
  }

  /** For the network: handles a packet from outside. */
  receive(packet: Packet): void {
    if (!this.#accepts(packet)) return;
    const { now } = this.#core.queue;
    const table = this.#table(packet);
    const mapping = table.atPort(packet.destinationPort, now);
    // After a change of address, packets to the former one may still be on the link.
    if (mapping === undefined || packet.destination0 !== this.#address) {
      this.#drop(packet, REASON["nat-no-mapping"]);
      return;
    }
    if (!table.admits(mapping, packet.source0, packet.sourcePort, now)) {
      this.#drop(packet, REASON["nat-filtered"]);
      return;
    }
    packet.destination0 = mapping.insideAddress;
    packet.destinationPort = mapping.insidePort;
    this.inside.forwardIn(packet);
  }

  /** Whether the NAT is up and handles this kind of packet; drops it otherwise. */
  #accepts(packet: Packet): boolean {
    if (this.#core.queue.now < this.#downUntil) {
      this.#drop(packet, REASON["node-down"]);
      return false;
    }
    if (packet.isIPv6) {
      this.#drop(packet, REASON["no-route"]);
      return false;
    }
    return true;
  }

  #table(packet: Packet): MappingTable {
    return packet.kind === SEGMENT ? this.#streams : this.#udp;
  }

  #drop(packet: Packet, reason: number): void {
    this.#core.drop(packet, reason, this.name);
  }

  #rebootAtRandom(mean: number, forMs: number): void {
    if (!(mean > 0)) throw new SimulationError("bad-option", `A NAT cannot reboot every ${mean} ms.`);
    const { queue } = this.#core;
    const random = this.#core.random(`nat/${this.name}/reboots`);
    const timer = new Timer(
      queue,
      FOREVER,
      (now) => {
        this.reboot(forMs);
        timer.set(now + random.exponential(mean));
      },
      true,
    );
    timer.set(queue.now + random.exponential(mean));
  }
}

import { get32 } from "@nat64/rfc6052/bytes";
import type { Core } from "../core.ts";
import { REASON } from "../observe/drop-reasons.ts";
import { type IPv6Prefix, ipv4Text, ipv6Text } from "../packet/addresses.ts";
import type { Packet } from "../packet/packet.ts";
import { SimulationError } from "../simulation-error.ts";
import type { Attachment, Gateway } from "./attachment.ts";
import { Link } from "./link.ts";
import type { LinkDirection } from "./link-direction.ts";
import type { BothWaysOptions } from "./link-options.ts";
import { Partition } from "./partition.ts";
import { PrefixTable } from "./prefix-table.ts";

/** Ids of nodes stay below this, so that two fit into one number. */
const MAX_NODES = 2 ** 26;

/**
 * A network in which addresses are unique: the internet, or the inside of a NAT. Every node has its own link to the
 * centre. A packet crosses the sender's link, the path between the two nodes if there is one, and the receiver's link.
 */
export class Network {
  readonly name: string;
  readonly #core: Core;
  readonly #gateway: Gateway | undefined;
  readonly #ipv4: Map<number, Attachment> = new Map();
  readonly #ipv6: PrefixTable<Attachment> = new PrefixTable();
  readonly #paths: Map<number, LinkDirection> = new Map();
  readonly #pathLinks: Link[] = [];
  readonly #partitions: Set<Partition> = new Set();

  constructor(core: Core, name: string, gateway?: Gateway) {
    this.#core = core;
    this.name = name;
    this.#gateway = gateway;
  }

  /** Links of all paths. */
  get paths(): readonly Link[] {
    return this.#pathLinks;
  }

  /** Gives an IPv4 address to a node. */
  addIPv4(address: number, node: Attachment): void {
    if (this.#ipv4.has(address | 0)) throw inUse(ipv4Text(address), this.name);
    this.#ipv4.set(address | 0, node);
  }

  /** Takes an IPv4 address away from its node. */
  removeIPv4(address: number): void {
    this.#ipv4.delete(address | 0);
  }

  /** Routes an IPv6 prefix to a node. */
  addRoute(prefix: IPv6Prefix, node: Attachment): void {
    if (this.#ipv6.add(prefix, node)) return;
    const words = [0, 4, 8, 12].map((offset) => get32(prefix.address, offset));
    throw inUse(`${ipv6Text(words)}/${prefix.length ?? 128}`, this.name);
  }

  /** Removes the route of an IPv6 prefix. */
  removeRoute(prefix: IPv6Prefix): void {
    this.#ipv6.remove(prefix);
  }

  /** Adds a separate path between two nodes, in addition to their links. `out` leads from the first to the second. */
  path(one: Attachment, other: Attachment, options: BothWaysOptions): Link {
    const name = `${one.name}~${other.name}`;
    if (this.#paths.has(pathKey(one, other))) throw inUse(`a path ${name}`, this.name);
    const toOther = (packet: Packet): void => other.link.in.enter(packet);
    const toOne = (packet: Packet): void => one.link.in.enter(packet);
    const link = new Link(this.#core, name, options, toOther, toOne);
    this.#paths.set(pathKey(one, other), link.out).set(pathKey(other, one), link.in);
    this.#pathLinks.push(link);
    return link;
  }

  /**
   * Splits the network into groups; nodes in no group reach all others. @returns a function that heals the partition
   */
  partition(...groups: readonly (readonly Pick<Attachment, "id">[])[]): () => void {
    const partition = new Partition(groups);
    this.#partitions.add(partition);
    return () => {
      this.#partitions.delete(partition);
    };
  }

  /** Forwards a packet that came over a node's link. */
  forward(packet: Packet, from: Attachment): void {
    const to = this.#find(packet, from);
    if (to === undefined) {
      if (this.#gateway !== undefined) {
        this.#gateway.forwardOut(packet);
        return;
      }
      this.#core.drop(packet, REASON["no-route"], this.name);
      return;
    }
    for (const partition of this.#partitions) {
      if (partition.separates(from.id, to.id)) {
        this.#core.drop(packet, REASON.partitioned, this.name);
        return;
      }
    }
    const path = this.#paths.size > 0 ? this.#paths.get(pathKey(from, to)) : undefined;
    (path ?? to.link.in).enter(packet);
  }

  /** Forwards a packet that came in through the gateway. It never goes back out. */
  forwardIn(packet: Packet): void {
    const to = this.#find(packet, undefined);
    if (to === undefined) {
      this.#core.drop(packet, REASON["no-route"], this.name);
      return;
    }
    to.link.in.enter(packet);
  }

  #find(packet: Packet, from: Attachment | undefined): Attachment | undefined {
    if (!packet.isIPv6) return this.#ipv4.get(packet.destination0);
    const { destination0, destination1, destination2, destination3 } = packet;
    const own = from?.routes?.find(destination0, destination1, destination2, destination3);
    return own ?? this.#ipv6.find(destination0, destination1, destination2, destination3);
  }
}

function pathKey(from: Attachment, to: Attachment): number {
  return from.id * MAX_NODES + to.id;
}

function inUse(what: string, network: string): SimulationError {
  return new SimulationError("in-use", `There is ${what} in the network ${network} already.`);
}

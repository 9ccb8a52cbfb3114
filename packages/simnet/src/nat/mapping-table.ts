import type { Random } from "../random/random.ts";
import { type NatBehaviour, remoteKey } from "./behaviour.ts";
import { Mapping } from "./mapping.ts";

/** Options of a table. */
export interface MappingTableOptions {
  readonly behaviour: NatBehaviour;
  readonly timeoutMs: number;
  readonly refreshOnInbound: boolean;
  readonly isPreserving: boolean;
  readonly lowestPort: number;
  readonly highestPort: number;
}

/** Number of mappings above which expired ones are removed. */
const FIRST_SWEEP = 64;

/** The mappings of a NAT for one transport protocol. Never holds more than there are ports. */
export class MappingTable {
  readonly #options: MappingTableOptions;
  readonly #random: Random;
  /** By inside endpoint, then by the part of the remote endpoint that counts. */
  readonly #byInside: Map<number, Map<number, Mapping>> = new Map();
  readonly #byPort: Map<number, Mapping> = new Map();
  #sweepAt = FIRST_SWEEP;

  constructor(options: MappingTableOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /** Number of mappings that have not timed out. */
  count(now: number): number {
    let count = 0;
    for (const mapping of this.#byPort.values()) if (mapping.expires > now) count++;
    return count;
  }

  /** The current mapping of an inside endpoint for a remote one, if any. */
  find(address: number, port: number, remoteAddress: number, remotePort: number, now: number): Mapping | undefined {
    const mappings = this.#byInside.get(insideKey(address, port));
    // A port forwarding serves all remotes, whatever the other mappings depend on.
    const mapping =
      mappings?.get(remoteKey(this.#options.behaviour.mapping, remoteAddress, remotePort)) ?? mappings?.get(FORWARDED);
    return mapping !== undefined && mapping.expires > now ? mapping : undefined;
  }

  /** Creates a mapping. @returns undefined if no port is free */
  add(address: number, port: number, remoteAddress: number, remotePort: number, now: number): Mapping | undefined {
    const outerPort = this.#choosePort(port, now);
    if (outerPort < 0) return undefined;
    const remote = remoteKey(this.#options.behaviour.mapping, remoteAddress, remotePort);
    const mapping = new Mapping(address, port, outerPort, remote, now + this.#options.timeoutMs);
    this.#insert(mapping, now);
    return mapping;
  }

  /** Forwards an outer port to an inside endpoint permanently. @returns whether the port was free */
  addForwarding(outerPort: number, address: number, port: number, now: number): boolean {
    if (!this.#isFree(outerPort, now)) return false;
    this.#insert(new Mapping(address, port, outerPort, FORWARDED, Number.POSITIVE_INFINITY), now);
    return true;
  }

  /** Notes a packet from inside. */
  refreshOutbound(mapping: Mapping, remoteAddress: number, remotePort: number, now: number): void {
    const { behaviour, timeoutMs } = this.#options;
    mapping.expires = Math.max(mapping.expires, now + timeoutMs);
    if (behaviour.filtering === "endpoint-independent" || mapping.remote === FORWARDED) return;
    mapping.permit(remoteKey(behaviour.filtering, remoteAddress, remotePort), now, now + timeoutMs);
  }

  /** The current mapping of an outer port, if any. */
  atPort(outerPort: number, now: number): Mapping | undefined {
    const mapping = this.#byPort.get(outerPort);
    return mapping !== undefined && mapping.expires > now ? mapping : undefined;
  }

  /** Whether the filter accepts a remote endpoint. An accepted packet may refresh the mapping. */
  admits(mapping: Mapping, remoteAddress: number, remotePort: number, now: number): boolean {
    const { behaviour, refreshOnInbound } = this.#options;
    const isOpen = behaviour.filtering === "endpoint-independent" || mapping.remote === FORWARDED;
    if (!isOpen && !mapping.permits(remoteKey(behaviour.filtering, remoteAddress, remotePort), now)) return false;
    if (refreshOnInbound) this.refreshOutbound(mapping, remoteAddress, remotePort, now);
    return true;
  }

  /** Removes everything except the port forwardings, which are configuration. */
  clear(): void {
    for (const mapping of this.#byPort.values()) if (mapping.remote !== FORWARDED) this.#remove(mapping);
  }

  #insert(mapping: Mapping, now: number): void {
    const former = this.#byPort.get(mapping.outerPort);
    if (former !== undefined) this.#remove(former);
    const key = insideKey(mapping.insideAddress, mapping.insidePort);
    const mappings = this.#byInside.get(key) ?? new Map<number, Mapping>();
    const replaced = mappings.get(mapping.remote);
    if (replaced !== undefined) this.#byPort.delete(replaced.outerPort);
    this.#byInside.set(key, mappings.set(mapping.remote, mapping));
    this.#byPort.set(mapping.outerPort, mapping);
    if (this.#byPort.size < this.#sweepAt) return;
    for (const other of this.#byPort.values()) if (other.expires <= now) this.#remove(other);
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#byPort.size * 2);
  }

  #remove(mapping: Mapping): void {
    this.#byPort.delete(mapping.outerPort);
    const key = insideKey(mapping.insideAddress, mapping.insidePort);
    const mappings = this.#byInside.get(key);
    if (mappings?.get(mapping.remote) === mapping) mappings.delete(mapping.remote);
    if (mappings?.size === 0) this.#byInside.delete(key);
  }

  #isFree(port: number, now: number): boolean {
    return this.atPort(port, now) === undefined;
  }

  /** A free port, or −1. */
  #choosePort(insidePort: number, now: number): number {
    const { lowestPort, highestPort, isPreserving } = this.#options;
    const isInRange = insidePort >= lowestPort && insidePort <= highestPort;
    if (isPreserving && isInRange && this.#isFree(insidePort, now)) return insidePort;
    const count = highestPort - lowestPort + 1;
    const start = this.#random.below(count);
    for (let step = 0; step < count; step++) {
      const port = lowestPort + ((start + step) % count);
      if (this.#isFree(port, now)) return port;
    }
    return -1;
  }
}

/** In place of a remote endpoint: a port forwarding. */
const FORWARDED = -1;

function insideKey(address: number, port: number): number {
  return (address >>> 0) * 65_536 + port;
}

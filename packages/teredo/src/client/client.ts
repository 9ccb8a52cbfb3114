/**
 * The part of a Teredo client (RFC 4380 §5.2) that an IPv4 peer needs, sans-IO. It learns its mapping from the server,
 * keeps it alive, detects the NAT type, and answers bubbles. It carries no packets and does not decide which relays may
 * send.
 *
 * To drive it, call `advance` at `nextDeadline()`; the first call is due at once. Pass datagrams for which
 * `isFromServer` is true to `receiveDatagram`. All other datagrams are not for this machine.
 */
import { emitTeredoAddress, readServer, TEREDO_ADDRESS_LENGTH } from "../address.ts";
import { checkTeredoBytes } from "../address-check.ts";
import { isBubble, makeBubble } from "../datagram/bubble.ts";
import { datagramFault } from "../datagram/faults.ts";
import { IPV6_DESTINATION, IPV6_SOURCE, isMulticast } from "../datagram/ipv6.ts";
import { DatagramView, parseDatagram } from "../datagram/view.ts";
import { type DropCounters, type DropReason, makeDropCounters } from "../drops.ts";
import { type Endpoint, isEndpoint } from "../endpoint.ts";
import { makeFlags } from "../flags.ts";
import type { SendDatagram } from "../outputs.ts";
import { BubbleLimits } from "./bubble-limits.ts";
import { type ClientOptions, REFRESH_MS } from "./options.ts";
import type { ClientOutput, MappingBehaviour } from "./outputs.ts";
import { Solicitation } from "./solicitation.ts";

/** Counters of a client. */
export interface ClientCounters {
  solicitationsSent: number;
  bubblesSent: number;
  readonly drops: DropCounters;
}

const NOTHING: readonly ClientOutput[] = [];

export class TeredoClient {
  readonly counters: ClientCounters = { solicitationsSent: 0, bubblesSent: 0, drops: makeDropCounters() };
  readonly #options: ClientOptions;
  readonly #refreshMs: number;
  readonly #first: Solicitation;
  #second: Solicitation | undefined;
  #mapping: Endpoint | undefined;
  #behaviour: MappingBehaviour = "unknown";
  readonly #limits: BubbleLimits = new BubbleLimits();
  readonly #view: DatagramView = new DatagramView();

  /** @param now start time, in milliseconds */
  constructor(options: ClientOptions, now: number) {
    this.#options = options;
    this.#refreshMs = Math.min(REFRESH_MS, options.refreshMs ?? REFRESH_MS);
    this.#first = new Solicitation(options.server, options, now);
  }

  /** The mapping towards the server's first address, while the server answers. */
  get mapping(): Endpoint | undefined {
    return this.#mapping;
  }

  /** What is known about the NAT. */
  get mappingBehaviour(): MappingBehaviour {
    return this.#behaviour;
  }

  /** The time of the next call of `advance`, in milliseconds. */
  nextDeadline(): number {
    return Math.min(this.#first.deadline, this.#second?.deadline ?? Number.POSITIVE_INFINITY);
  }

  /** Sends due solicitations, and repeats unanswered ones. */
  advance(now: number): readonly ClientOutput[] {
    const outputs: ClientOutput[] = [];
    if (this.#first.deadline <= now) {
      if (this.#first.isGivenUp) {
        this.#mapping = undefined;
        this.#second = undefined;
        outputs.push({ kind: "server-silent" });
      }
      outputs.push(this.#solicit(this.#first, now));
    }
    const second = this.#second;
    if (second !== undefined && second.deadline <= now) {
      if (second.isGivenUp) outputs.push(...this.#find("unknown"));
      else outputs.push(this.#solicit(second, now));
    }
    return outputs;
  }

  /** Makes a solicitation due at once, for a server that has lost the client's state. `advance` sends it. */
  refresh(now: number): readonly ClientOutput[] {
    this.#first.deadline = Math.min(this.#first.deadline, now);
    return NOTHING;
  }

  /** Whether an address and port are one of the server's. */
  isFromServer(address: number, port: number): boolean {
    const { server, second } = this.#options;
    return isEndpoint(server, address, port) || (second !== undefined && isEndpoint(second, address, port));
  }

  /** Takes a UDP datagram from the server: an answer, or a bubble that it forwards. */
  receiveDatagram(address: number, port: number, payload: Uint8Array, now: number): readonly ClientOutput[] {
    if (!this.isFromServer(address, port)) return this.#drop("not-from-server");
    const view = this.#view;
    const malformed = parseDatagram(payload, 0, payload.length, view);
    if (malformed !== 0) return this.#drop(datagramFault(malformed) as DropReason);
    if (isBubble(payload, view.packetAt)) return this.#hearBubble(payload);
    const asked = [this.#first, this.#second].find((one) => one !== undefined && isEndpoint(one.to, address, port));
    if (asked === undefined || !asked.hasNonce(payload, view)) return this.#drop("bad-advertisement");
    if (view.confirmation !== 0) return [{ kind: "refused" }];
    const mapping = asked.mappingOf(payload, view);
    if (mapping === undefined) return this.#drop("bad-advertisement");
    if (asked !== this.#first) return this.#compare(mapping);
    return this.#map(mapping, payload.slice(view.authenticationValueAt, view.nonceAt), now);
  }

  /**
   * Answers a bubble that a relay sent through the server to one of our addresses, with a bubble directly to the relay.
   * That opens the NAT for the relay (RFC 4380 §5.2.3).
   *
   * @param teredo the bubble's destination, sixteen bytes; the caller has checked that it is ours
   * @param source the bubble's source, sixteen bytes
   * @param relay its sender
   * @returns nothing if it must not be answered, and then counts the reason
   */
  answerBubble(
    teredo: Uint8Array,
    source: Uint8Array,
    relay: Endpoint,
    now: number,
  ): readonly [] | readonly [SendDatagram] {
    const reason = this.#findBubbleFault(teredo, source, relay) ?? this.#limits.allow(relay.address, teredo, now);
    if (reason !== undefined) {
      this.counters.drops[reason]++;
      return [];
    }
    this.counters.bubblesSent++;
    return [{ kind: "datagram", address: relay.address, port: relay.port, bytes: makeBubble(teredo, source) }];
  }

  /**
   * A Teredo address with the current mapping, or `undefined` while there is none.
   *
   * @param randomBits twelve bits that distinguish the addresses of one client (RFC 5991 §3)
   */
  teredoAddress(randomBits: number): Uint8Array | undefined {
    if (this.#mapping === undefined) return undefined;
    const bytes = new Uint8Array(TEREDO_ADDRESS_LENGTH);
    const { address, port } = this.#mapping;
    const server = this.#options.server.address;
    emitTeredoAddress({ server, flags: makeFlags(randomBits), mappedPort: port, mappedAddress: address }, bytes);
    return bytes;
  }

  #drop(reason: DropReason): readonly ClientOutput[] {
    this.counters.drops[reason]++;
    return NOTHING;
  }

  /** A random number from 0 to 1. */
  #chance(): number {
    return (this.#options.random() >>> 0) / 2 ** 32;
  }

  #solicit(solicitation: Solicitation, now: number): SendDatagram {
    this.counters.solicitationsSent++;
    return solicitation.send(now, this.#chance());
  }

  /**
   * Handles an answer of the first address. The next solicitation is due after 75 to 100 % of the interval (RFC 4380
   * §5.2.1, §5.2.5).
   */
  #map(mapping: Endpoint, authenticationValue: Uint8Array, now: number): readonly ClientOutput[] {
    const before = this.#mapping;
    const isSame = before !== undefined && isEndpoint(before, mapping.address, mapping.port);
    this.#first.scheduleNext(now + this.#refreshMs * (0.75 + 0.25 * this.#chance()));
    this.#mapping = mapping;
    const news = isSame ? "same" : before === undefined ? "first" : "moved";
    const mapped: ClientOutput = { kind: "mapped", mapping, news, authenticationValue };
    if (isSame) return [mapped];
    const { second } = this.#options;
    if (second === undefined) return [mapped, ...this.#find("unknown")];
    this.#second = new Solicitation(second, this.#options, now);
    return [mapped, this.#solicit(this.#second, now)];
  }

  /** Handles an answer of the second address. A different mapping towards it means a symmetric NAT. */
  #compare(mapping: Endpoint): readonly ClientOutput[] {
    const { local } = this.#options;
    const first = this.#mapping;
    if (first === undefined || !isEndpoint(first, mapping.address, mapping.port)) return this.#find("symmetric");
    const isLocal = local !== undefined && isEndpoint(local, mapping.address, mapping.port);
    return this.#find(isLocal ? "none" : "cone-or-port-restricted");
  }

  #find(behaviour: MappingBehaviour): readonly ClientOutput[] {
    this.#second = undefined;
    this.#behaviour = behaviour;
    return [{ kind: "mapping-behaviour", behaviour }];
  }

  #hearBubble(payload: Uint8Array): readonly ClientOutput[] {
    const view = this.#view;
    if (!view.hasOrigin) return this.#drop("bad-advertisement");
    const source = payload.slice(view.packetAt + IPV6_SOURCE, view.packetAt + IPV6_DESTINATION);
    const teredo = payload.slice(view.packetAt + IPV6_DESTINATION, view.packetAt + IPV6_DESTINATION + 16);
    return [{ kind: "bubble", teredo, source, relay: { address: view.originAddress, port: view.originPort } }];
  }

  #findBubbleFault(teredo: Uint8Array, source: Uint8Array, relay: Endpoint): DropReason | undefined {
    const { isGlobalUnicast, server } = this.#options;
    if (relay.port === 0 || !isGlobalUnicast(relay.address | 0)) return "source-not-global";
    const mapping = this.#mapping;
    const isOwn = mapping !== undefined && (mapping.address | 0) === (relay.address | 0);
    if (isOwn || this.isFromServer(relay.address, relay.port)) return "own-address";
    if (isMulticast(source, 0) || source[0] === 0) return "source-not-unicast";
    const fault = checkTeredoBytes(teredo, 0, isGlobalUnicast);
    return fault ?? (readServer(teredo, 0) === (server.address | 0) ? undefined : "not-for-server");
  }
}

/**
 * A Teredo server (RFC 4380 §5.3), sans-IO: tells clients their mapping and forwards bubbles.
 *
 * It keeps no state about clients and has no timers. One datagram in, at most one output: {@link ServerOutputs} says so.
 * Answers go only to the sender of the datagram. A bubble for a client is an output: the caller sends it as {@link
 * ForwardBubble.datagram} (standard) or notifies the client in another way.
 */

import { set16, set32 } from "@nat64/rfc6052/bytes";
import {
  isTeredo,
  parseTeredoAddress,
  readMappedAddress,
  readMappedPort,
  readServer,
  type TeredoAddress,
} from "../address.ts";
import { checkTeredoBytes } from "../address-check.ts";
import { isBubble } from "../datagram/bubble.ts";
import { datagramFault } from "../datagram/faults.ts";
import {
  ICMPV6,
  IPV6_DESTINATION,
  IPV6_NEXT_HEADER,
  IPV6_SOURCE,
  isGlobalUnicastIPv6,
  isMulticast,
  TEREDO_MTU,
} from "../datagram/ipv6.ts";
import { datagramOf, encodeDatagram } from "../datagram/record.ts";
import { makeRouterAdvertisement } from "../datagram/router-advertisement.ts";
import { isRouterSolicitation } from "../datagram/router-solicitation.ts";
import { DatagramView, parseDatagram } from "../datagram/view.ts";
import { type DropCounters, type DropReason, makeDropCounters } from "../drops.ts";
import { type Endpoint, isEndpoint, TEREDO_PORT } from "../endpoint.ts";
import { CONE_FLAG } from "../flags.ts";
import { KeyedRateLimiter } from "../limits/keyed-rate-limiter.ts";
import { RateLimiter } from "../limits/rate-limiter.ts";
import type { DeliverPacket, SendDatagram } from "../outputs.ts";
import type { ServerOptions, ServerSocket } from "./options.ts";

/** The answer to a solicitation. */
export interface SendAdvertisement extends SendDatagram {
  /** The socket to send it from. */
  readonly from: ServerSocket;
}

/** A bubble for a client of this server. The arrays are views of the input, except `datagram`. */
export interface ForwardBubble {
  readonly kind: "bubble";
  /** The client's Teredo address: sixteen bytes, and parsed. */
  readonly destination: Uint8Array;
  readonly client: TeredoAddress;
  /** The bubble's IPv6 source: sixteen bytes. */
  readonly source: Uint8Array;
  /** Its sender: a relay or another client. */
  readonly sender: Endpoint;
  /** The datagram that a standard server sends from its first socket to the client's mapped address and port. */
  readonly datagram: Uint8Array;
}

/** Output of a server. */
export type ServerOutput = SendAdvertisement | ForwardBubble | DeliverPacket;

/** Outputs for one datagram: at most one. */
export type ServerOutputs = readonly [] | readonly [ServerOutput];

const NOTHING: ServerOutputs = [];

/** Counters of a server. */
export interface ServerCounters {
  advertisements: number;
  bubbles: number;
  packetsToIPv6: number;
  readonly drops: DropCounters;
}

export class TeredoServer {
  readonly counters: ServerCounters = { advertisements: 0, bubbles: 0, packetsToIPv6: 0, drops: makeDropCounters() };
  readonly #options: ServerOptions;
  // Solicitations and bubbles have separate rate limits, so that a flood of one does not affect the other.
  readonly #answerRate: RateLimiter;
  readonly #forwardRate: RateLimiter;
  readonly #clientRate: KeyedRateLimiter;
  readonly #linkLocal: Uint8Array;
  readonly #view: DatagramView = new DatagramView();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#answerRate = new RateLimiter(options.perSecond ?? 1_000);
    this.#forwardRate = new RateLimiter(options.perSecond ?? 1_000);
    this.#clientRate = new KeyedRateLimiter(options.perSecondAndClient ?? 10, options.hashKey);
    this.#linkLocal = linkLocalOf(options.address);
  }

  /** Takes a UDP datagram that one of the sockets received. */
  receiveDatagram(
    socket: ServerSocket,
    address: number,
    port: number,
    payload: Uint8Array,
    now: number,
  ): ServerOutputs {
    const view = this.#view;
    const malformed = parseDatagram(payload, 0, payload.length, view);
    if (malformed !== 0) return this.#drop(datagramFault(malformed) as DropReason);
    if (port === 0 || !this.#options.isGlobalUnicast(address | 0)) return this.#drop("source-not-global");
    if (this.#options.own.some((own) => isEndpoint(own, address, port))) return this.#drop("own-address");
    const sender = { address: address | 0, port };
    if (isRouterSolicitation(payload, view.packetAt)) return this.#advertise(socket, sender, payload, now);
    const fault = this.#findFault(sender, payload, view.packetAt);
    if (fault !== undefined) return this.#drop(fault);
    const isInwards = isTeredo(payload, view.packetAt + IPV6_DESTINATION);
    const client = view.packetAt + (isInwards ? IPV6_DESTINATION : IPV6_SOURCE);
    const mayPass = this.#clientRate.allow(readMappedAddress(payload, client), readMappedPort(payload, client), now);
    if (!mayPass || !this.#forwardRate.allow(now)) return this.#drop("server-rate");
    return [isInwards ? this.#forward(sender, payload) : this.#deliver(payload)];
  }

  /** A server has no timers. @returns infinity */
  nextDeadline(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Nothing is ever due. */
  advance(_now: number): ServerOutputs {
    return NOTHING;
  }

  #drop(reason: DropReason): readonly [] {
    this.counters.drops[reason]++;
    return [];
  }

  /** RFC 4380 §5.3.2. */
  #advertise(socket: ServerSocket, origin: Endpoint, payload: Uint8Array, now: number): ServerOutputs {
    const { authentication, packet } = datagramOf(payload, this.#view);
    const { address, authenticate, hasSecondSocket } = this.#options;
    const source = packet.slice(IPV6_SOURCE, IPV6_DESTINATION);
    // The cone bit asks whether the NAT accepts packets from another address.
    const isConeTest = (source[8] & (CONE_FLAG >>> 8)) !== 0;
    if (isConeTest && !hasSecondSocket) return this.#drop("no-second-address");
    if (authenticate !== undefined && authentication === undefined) return this.#drop("not-authenticated");
    // Checked before the hook is called, because the hook may be expensive.
    const mayAsk = this.#clientRate.allow(origin.address, 0, now);
    if (!mayAsk || !this.#answerRate.allow(now)) return this.#drop("server-rate");
    let value: Uint8Array | undefined = new Uint8Array(0);
    if (authenticate !== undefined && authentication !== undefined) {
      value = authenticate({ ...authentication, origin, socket });
    }
    if (value === undefined) return this.#drop("not-authenticated");
    const advertisement = makeRouterAdvertisement(this.#linkLocal, source, { server: address, mtu: TEREDO_MTU });
    const bytes = encodeDatagram({
      ...(authentication !== undefined && {
        authentication: {
          clientIdentifier: new Uint8Array(0),
          authenticationValue: value,
          nonce: authentication.nonce,
          confirmation: 0,
        },
      }),
      origin,
      packet: advertisement,
    });
    if (this.#options.answersNoShorter === true && payload.length < bytes.length) return this.#drop("too-short");
    this.counters.advertisements++;
    const from = isConeTest ? ((1 - socket) as ServerSocket) : socket;
    return [{ kind: "datagram", from, address: origin.address, port: origin.port, bytes }];
  }

  /** Packets that RFC 4380 §5.3.1 forbids to forward. */
  #findFault(sender: Endpoint, bytes: Uint8Array, at: number): DropReason | undefined {
    const source = at + IPV6_SOURCE;
    const destination = at + IPV6_DESTINATION;
    const { isGlobalUnicast, own, address, forwardsToIPv6 } = this.#options;
    if (isMulticast(bytes, source) || bytes[source] === 0) return "source-not-unicast";
    const isFromClient = isTeredo(bytes, source);
    if (isFromClient) {
      if (readMappedAddress(bytes, source) !== sender.address) return "mapping-mismatch";
      if (readMappedPort(bytes, source) !== sender.port) return "mapping-mismatch";
    }
    if (!isTeredo(bytes, destination)) {
      const isTest = isFromClient && bytes[at + IPV6_NEXT_HEADER] === ICMPV6 && isGlobalUnicastIPv6(bytes, destination);
      return forwardsToIPv6 === true && isTest ? undefined : "not-for-server";
    }
    if (!isBubble(bytes, at) || readServer(bytes, destination) !== (address | 0)) return "not-for-server";
    const fault = checkTeredoBytes(bytes, destination, isGlobalUnicast);
    if (fault !== undefined) return fault;
    const mapped = readMappedAddress(bytes, destination);
    const port = readMappedPort(bytes, destination);
    return own.some((mine) => isEndpoint(mine, mapped, port)) ? "own-address" : undefined;
  }

  #forward(sender: Endpoint, payload: Uint8Array): ForwardBubble {
    const { packet } = datagramOf(payload, this.#view);
    const destination = packet.subarray(IPV6_DESTINATION, IPV6_DESTINATION + 16);
    const source = packet.subarray(IPV6_SOURCE, IPV6_DESTINATION);
    const client = parseTeredoAddress(destination) as TeredoAddress;
    this.counters.bubbles++;
    return {
      kind: "bubble",
      destination,
      client,
      source,
      sender,
      datagram: encodeDatagram({ origin: sender, packet }),
    };
  }

  #deliver(payload: Uint8Array): DeliverPacket {
    this.counters.packetsToIPv6++;
    return { kind: "packet", bytes: datagramOf(payload, this.#view).packet };
  }
}

/** The server's link-local address: fe80:: with cone bit, inverted port and inverted address (RFC 4380 §5.3.2). */
function linkLocalOf(address: number): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[0] = 0xfe;
  bytes[1] = 0x80;
  set16(bytes, 8, CONE_FLAG);
  set16(bytes, 10, ~TEREDO_PORT);
  set32(bytes, 12, ~address);
  return bytes;
}

/** A Router Solicitation to one of the server's sockets, repeated until it is answered (RFC 4380 §5.2.1). */
import { IPV6_DESTINATION } from "../datagram/ipv6.ts";
import { encodeDatagram } from "../datagram/record.ts";
import { parseRouterAdvertisement } from "../datagram/router-advertisement.ts";
import { makeRouterSolicitation } from "../datagram/router-solicitation.ts";
import type { DatagramView } from "../datagram/view.ts";
import type { Endpoint } from "../endpoint.ts";
import type { SendDatagram } from "../outputs.ts";
import { type ClientOptions, RETRY_MS, SILENT_MS, TRIES } from "./options.ts";

/** fe80::ffff:ffff:ffff: no cone bit (RFC 5991 §3), port and address still unknown. */
const LINK_LOCAL: Uint8Array = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255);

export class Solicitation {
  readonly to: Endpoint;
  readonly #options: ClientOptions;
  #nonce: Uint8Array | undefined;
  #tries = 0;
  /** When it is due, or its repetition. */
  deadline: number;

  /** @param due time of the first transmission */
  constructor(to: Endpoint, options: ClientOptions, due: number) {
    this.to = to;
    this.#options = options;
    this.deadline = due;
  }

  /** Whether the last regular repetition was just sent. `send` continues at longer intervals. */
  get isGivenUp(): boolean {
    return this.#tries === TRIES;
  }

  /** Sends the solicitation. Repetitions have the same nonce, so that a late answer counts. @param chance 0 … 1 */
  send(now: number, chance: number): SendDatagram {
    this.#nonce ??= this.#drawNonce();
    this.#tries++;
    const backOff = Math.min(SILENT_MS, RETRY_MS * 2 ** Math.max(0, this.#tries - TRIES));
    this.deadline = now + (this.#tries < TRIES ? RETRY_MS : backOff * (0.75 + 0.25 * chance));
    const authentication = {
      clientIdentifier: this.#options.clientIdentifier,
      authenticationValue: this.#options.authenticate(this.#nonce),
      nonce: this.#nonce,
      confirmation: 0,
    };
    const bytes = encodeDatagram({
      authentication,
      packet: makeRouterSolicitation(LINK_LOCAL, this.#options.paddingBytes),
    });
    return { kind: "datagram", address: this.to.address, port: this.to.port, bytes };
  }

  /** Whether a datagram carries the nonce of the open solicitation. */
  hasNonce(bytes: Uint8Array, view: DatagramView): boolean {
    const nonce = this.#nonce;
    return nonce !== undefined && view.authenticated && isAt(bytes, view.nonceAt, nonce);
  }

  /** The mapping in a datagram with the right nonce, if it is the answer (RFC 4380 §5.2.1). */
  mappingOf(bytes: Uint8Array, view: DatagramView): Endpoint | undefined {
    const { server, isGlobalUnicast } = this.#options;
    if (!view.hasOrigin || view.originPort === 0 || !isGlobalUnicast(view.originAddress)) return undefined;
    if (!isAt(bytes, view.packetAt + IPV6_DESTINATION, LINK_LOCAL)) return undefined;
    const advertisement = parseRouterAdvertisement(bytes, view.packetAt);
    if (advertisement?.server !== (server.address | 0)) return undefined;
    return { address: view.originAddress, port: view.originPort };
  }

  /** Notes that the solicitation is answered. The next one, with a new nonce, is due at `next`. */
  scheduleNext(next: number): void {
    this.#nonce = undefined;
    this.#tries = 0;
    this.deadline = next;
  }

  #drawNonce(): Uint8Array {
    const { random } = this.#options;
    return new Uint8Array(Int32Array.of(random(), random()).buffer);
  }
}

/** Whether `expected` is at offset `at` of `bytes`. */
function isAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte);
}

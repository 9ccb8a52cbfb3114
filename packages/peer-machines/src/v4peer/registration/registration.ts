/**
 * Registers at the coordinator over UDP (PROTOCOL.md §10): Router Solicitations keep the mapping alive and prove it,
 * and the NAT type is detected. One object lives as long as the peer, so that a new connection does not reset rate
 * limits.
 */
import {
  bytesOfBase64url,
  type CryptoSuite,
  type Mapped,
  type NatKind,
  openAdvertisementValue,
  SOLICITATION_PADDING_LENGTH,
  type Solicit,
  solicitationValue,
  toBase64url,
} from "@nat64/peer-protocol";
import { formatIPv4, parseIPv4, type Refusals } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import {
  type ClientOptions,
  type ClientOutput,
  DatagramView,
  type Endpoint,
  parseDatagram,
  type SendDatagram,
  TeredoClient,
} from "@nat64/teredo";
import { happened, send, type V4PeerOutput } from "../outputs.ts";
import { NatTest } from "./nat-test.ts";

/** Length of the nonce in an authentication encapsulation (RFC 4380 §5.1.1), in bytes. */
const NONCE_LENGTH = 8;

export interface RegistrationOptions {
  readonly suite: CryptoSuite;
  readonly refusals: Refusals;
  readonly local?: Endpoint;
}

/** The contents of `solicit`. */
interface Terms {
  readonly token: Uint8Array;
  readonly key: Uint8Array;
  readonly primary: Endpoint;
  readonly secondary: Endpoint;
}

/** The result of a datagram from the coordinator. */
export type Heard = readonly V4PeerOutput[] | "bad-advertisement";

export class Registration {
  readonly #options: RegistrationOptions;
  readonly #view = new DatagramView();
  #terms: Terms | undefined;
  #client: TeredoClient | undefined;
  #test: NatTest | undefined;
  /** The last known mapping towards the primary. */
  #mapping: Endpoint | undefined;
  /** The NAT type, and the mapping for which it was detected. */
  #nat: NatKind = "unknown";
  #natMapping: Endpoint | undefined;
  /** Whether it still has to be reported to the coordinator. */
  #mustReport = true;
  /** When to prove the mapping again, in milliseconds. */
  #repeatAt = Number.POSITIVE_INFINITY;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** The mapping towards the primary, from the last Router Advertisement. */
  get mapping(): Endpoint | undefined {
    return this.#mapping;
  }

  get nat(): NatKind {
    return this.#nat;
  }

  /** The Teredo server's IPv4 address, an int32 word. */
  get server(): number | undefined {
    return this.#terms?.primary.address;
  }

  /** The coordinator's two UDP endpoints. */
  get servers(): readonly Endpoint[] {
    return this.#terms === undefined ? [] : [this.#terms.primary, this.#terms.secondary];
  }

  nextDeadline(): number {
    return Math.min(
      this.#client?.nextDeadline() ?? Number.POSITIVE_INFINITY,
      this.#test?.nextDeadline() ?? Number.POSITIVE_INFINITY,
      this.#repeatAt,
    );
  }

  advance(now: number): readonly V4PeerOutput[] {
    if (now >= this.#repeatAt) {
      this.#repeatAt = Number.POSITIVE_INFINITY;
      this.repeat(now);
    }
    const client = this.#client?.advance(now) ?? [];
    const test = this.#test?.advance(now) ?? [];
    return [...this.#translate(client, now), ...test, ...this.#finishTest(now)];
  }

  /** The coordinator asks for Router Solicitations. */
  solicit(message: Solicit, now: number): readonly V4PeerOutput[] {
    this.#terms = {
      token: bytesOfBase64url(message.token),
      key: bytesOfBase64url(message.key),
      primary: endpointOf(message.primary),
      secondary: endpointOf(message.secondary),
    };
    this.#test = undefined;
    this.#mustReport = true;
    this.#repeatAt = Number.POSITIVE_INFINITY;
    this.#client = new TeredoClient(this.#clientOptions(this.#terms, message.interval * 1000), now);
    return this.advance(now);
  }

  /** The connection is lost, so solicitations get no more answers. The known mapping is kept. */
  stop(): void {
    this.#client = undefined;
    this.#test = undefined;
    this.#repeatAt = Number.POSITIVE_INFINITY;
  }

  /** The coordinator refused the mapping, so the peer proves it again. */
  repeat(now: number): void {
    this.#mustReport = true;
    this.#client?.refresh(now);
  }

  /** The coordinator does not take the mapping now, so the peer proves it again later. @param at milliseconds */
  repeatAt(at: number): void {
    this.#repeatAt = at;
  }

  /** The mapping may have moved: asks the coordinator for it at once. */
  refresh(now: number): void {
    this.#client?.refresh(now);
  }

  /** Whether a datagram from this endpoint is for this machine. Allocates nothing. */
  isFromServer(address: number, port: number): boolean {
    const terms = this.#terms;
    return terms !== undefined && (isSame(terms.primary, address, port) || isSame(terms.secondary, address, port));
  }

  /** Takes a datagram from one of the coordinator's endpoints. */
  receiveDatagram(address: number, port: number, bytes: Uint8Array, now: number): Heard {
    const nonce = this.#authenticate(bytes);
    if (nonce === undefined || this.#client === undefined) return "bad-advertisement";
    const { originAddress, originPort } = this.#view;
    if (this.#test?.isAnswer(nonce) === true) {
      const origin = { address: originAddress, port: originPort };
      const sent = this.#test.answer({ address, port }, origin, now);
      return [...sent, ...this.#finishTest(now)];
    }
    const drops = this.#client.counters.drops["bad-advertisement"] + this.#client.counters.drops["not-from-server"];
    const outputs = this.#translate(this.#client.receiveDatagram(address, port, bytes, now), now);
    const isDropped =
      this.#client.counters.drops["bad-advertisement"] + this.#client.counters.drops["not-from-server"] > drops;
    return isDropped ? "bad-advertisement" : outputs;
  }

  /**
   * Returns a bubble for a relay, or nothing if it must not be sent. The caller limits their rate across registrations.
   */
  answerBubble(
    teredo: Uint8Array,
    source: Uint8Array,
    relay: Endpoint,
    now: number,
  ): readonly [] | readonly [SendDatagram] {
    return this.#client?.answerBubble(teredo, source, relay, now) ?? [];
  }

  #clientOptions({ token, primary }: Terms, refreshMs: number): ClientOptions {
    const { suite, refusals, local } = this.#options;
    return {
      server: primary,
      clientIdentifier: token,
      authenticate: (nonce) => this.#sign(nonce),
      random: () => get32(suite.randomBytes(4), 0),
      isGlobalUnicast: (ipv4) => !refusals.refusesIPv4(ipv4 | 0),
      ...(local !== undefined && { local }),
      refreshMs,
      paddingBytes: SOLICITATION_PADDING_LENGTH,
    };
  }

  #sign(nonce: Uint8Array): Uint8Array {
    const { token, key } = this.#terms as Terms;
    return solicitationValue({ token, key, nonce }, this.#options.suite.hmacSha256);
  }

  /** The nonce of a Router Advertisement with a valid authentication value. */
  #authenticate(bytes: Uint8Array): Uint8Array | undefined {
    const view = this.#view;
    if (this.#terms === undefined || parseDatagram(bytes, 0, bytes.length, view) !== 0) return undefined;
    if (!view.authenticated || !view.hasOrigin) return undefined;
    const nonce = bytes.slice(view.nonceAt, view.nonceAt + NONCE_LENGTH);
    const value = bytes.subarray(view.authenticationValueAt, view.nonceAt);
    return this.#open(value, nonce, { address: view.originAddress, port: view.originPort }) === undefined
      ? undefined
      : nonce;
  }

  #open(value: Uint8Array, nonce: Uint8Array, origin: Endpoint): Uint8Array | undefined {
    const { token, key } = this.#terms as Terms;
    return openAdvertisementValue(value, { token, key, nonce }, origin, this.#options.suite.hmacSha256);
  }

  #translate(outputs: readonly ClientOutput[], now: number): readonly V4PeerOutput[] {
    return outputs.flatMap((output): readonly V4PeerOutput[] => {
      switch (output.kind) {
        case "datagram":
          return [output];
        case "mapped":
          return this.#hearMapping(output.mapping, output.authenticationValue.slice(0, 16), now);
        case "server-silent":
          this.#mustReport = true;
          return [happened({ name: "server-silent" })];
        default:
          // The NAT type is detected here, bubbles come over TLS, and there is no other key.
          return [];
      }
    });
  }

  #hearMapping(mapping: Endpoint, nonce: Uint8Array, now: number): readonly V4PeerOutput[] {
    const before = this.#mapping;
    const outputs: V4PeerOutput[] = [];
    if (before === undefined || !isSame(before, mapping.address, mapping.port)) {
      this.#mapping = mapping;
      this.#mustReport = true;
      this.#test = undefined;
      const address = formatIPv4(mapping.address);
      outputs.push(happened({ name: "mapped", address, port: mapping.port, moved: before !== undefined }));
    }
    outputs.push(...this.#findKind(mapping, now));
    if (!this.#mustReport) return outputs;
    this.#mustReport = false;
    const message: Mapped = {
      type: "mapped",
      address: formatIPv4(mapping.address),
      port: mapping.port,
      nonce: toBase64url(nonce),
      nat: this.#nat,
    };
    return [...outputs, send(message)];
  }

  /**
   * Starts a test unless the type is known for this mapping. A second test would be distorted by permissions that the
   * first one created in the NAT.
   */
  #findKind(mapping: Endpoint, now: number): readonly V4PeerOutput[] {
    if (this.#natMapping !== undefined && isSame(this.#natMapping, mapping.address, mapping.port)) return [];
    if (this.#test !== undefined || this.#terms === undefined) return [];
    const { local, suite } = this.#options;
    if (local !== undefined && isSame(local, mapping.address, mapping.port)) {
      return this.#setKind("none", mapping);
    }
    const { token, primary, secondary } = this.#terms;
    this.#nat = "unknown";
    this.#test = new NatTest(
      {
        primary,
        secondary,
        mapping,
        clientIdentifier: token,
        authenticate: (nonce) => this.#sign(nonce),
        drawNonce: () => suite.randomBytes(NONCE_LENGTH),
      },
      now,
    );
    return this.#test.advance(now);
  }

  #finishTest(now: number): readonly V4PeerOutput[] {
    const test = this.#test;
    if (test?.result === undefined || this.#mapping === undefined) return [];
    if (test.isOver) this.#test = undefined;
    if (test.result === this.#nat) return [];
    const outputs = this.#setKind(test.result, this.#mapping);
    // The coordinator accepts it only with a fresh nonce.
    this.repeat(now);
    return outputs;
  }

  #setKind(nat: NatKind, mapping: Endpoint): readonly V4PeerOutput[] {
    this.#nat = nat;
    this.#natMapping = mapping;
    this.#mustReport = true;
    return [happened({ name: "nat-kind", nat })];
  }
}

function endpointOf({ address, port }: Solicit["primary"]): Endpoint {
  return { address: parseIPv4(address), port };
}

function isSame(endpoint: Endpoint, address: number, port: number): boolean {
  return (endpoint.address | 0) === (address | 0) && endpoint.port === port;
}

import {
  emitTeredoAddress,
  isBubble,
  makeFlags,
  type RelayOptions,
  type RelayOutput,
  type ServerOptions,
  TEREDO_ADDRESS_LENGTH,
  type TeredoAddress,
  TeredoRelay,
} from "../src/index.ts";
import { ipv4, ipv6 } from "./vectors.ts";
import { words } from "./world.ts";

export const SERVER: number = ipv4("45.0.2.20");
export const SERVER_2: number = ipv4("45.0.2.21");
export const RELAY: number = ipv4("45.0.2.10");
export const HOME: number = ipv4("8.8.4.4");

/** An address in the relay's /80. */
export const NATIVE: Uint8Array = ipv6("2a01:0db9:0001:0000:0000:0007:0808:0808");
export const ERROR_SOURCE: Uint8Array = ipv6("2a01:0db9:0001:0000:0000:ffff:0000:0001");

/** Replaces the registry. */
export const isGlobalUnicast = (word: number): boolean => ![0, 10, 127, 255].includes(word >>> 24);

export const RELAY_OPTIONS: RelayOptions = {
  serves: [{ address: NATIVE, length: 80 }],
  errorSource: ERROR_SOURCE,
  own: [{ address: RELAY, port: 3545 }],
  isGlobalUnicast,
  hashKey: [1, 2],
  random: words(7),
};

export const SERVER_OPTIONS: ServerOptions = {
  address: SERVER,
  hasSecondSocket: true,
  own: [
    { address: SERVER, port: 3544 },
    { address: SERVER_2, port: 3544 },
  ],
  isGlobalUnicast,
  hashKey: [3, 4],
};

/** Sixteen bytes of a Teredo address of the client at HOME:40000. */
export function teredo(change: Partial<TeredoAddress> = {}): Uint8Array {
  const out = new Uint8Array(TEREDO_ADDRESS_LENGTH);
  const address = { server: SERVER, flags: makeFlags(0x123), mappedPort: 40_000, mappedAddress: HOME };
  emitTeredoAddress({ ...address, ...change }, out);
  return out;
}

/** An IPv6 packet; the first byte of the payload identifies it. */
export function packet(
  source: Uint8Array,
  destination: Uint8Array,
  mark = 0,
  payload = 8,
  nextHeader = 17,
): Uint8Array {
  const body = new Uint8Array(payload).fill(mark);
  return Uint8Array.from([
    0x60,
    0,
    0,
    0,
    payload >> 8,
    payload & 255,
    nextHeader,
    64,
    ...source,
    ...destination,
    ...body,
  ]);
}

/** A relay with some options changed. */
export function relayWith(options: Partial<RelayOptions> = {}): TeredoRelay {
  return new TeredoRelay({ ...RELAY_OPTIONS, ...options });
}

/** The nonce address that a bubble has as source. */
export function nonceOf(outputs: readonly RelayOutput[]): Uint8Array {
  const bubble = outputs.find((output) => output.kind === "datagram" && isBubble(output.bytes, 0));
  return bubble!.bytes.slice(8, 24);
}

/** Teredo datagrams that are overheard, changed, and made up: what strangers do. */
import { setTimeout as sleep } from "node:timers/promises";
import { bytesOf, formatIPv6, parseIPv4, parseIPv6, wordsOf } from "@nat64/rfc6052";
import { emitTeredoAddress, parseTeredoAddress } from "@nat64/teredo";
import { Capture, type CapturePoint, type Lab, type Sighting } from "../src/index.ts";

/** A link-local address with a nonce, as relays and solicitors have it as source of bubbles (RFC 4380 §2.8). */
export const NONCE_ADDRESS: Uint8Array = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 9, 8, 7, 6, 5, 4, 3, 2);

const UDP_OVER_IPV4 = 28;
const SOURCE = 8;
const DESTINATION = 24;
const TCP = 6;

/** Offsets in a probe (PROTOCOL.md §12): the message's number and the first byte of the MAC. */
const NUMBER = 54;
const MAC = 104;
const PROBE_LENGTH = 120;

/** What a UDP datagram carries. */
export const payloadOf = ({ ip }: Sighting): Uint8Array => ip.subarray(UDP_OVER_IPV4);

/** Whether a packet is a path probe, message 1, 2 or 3. */
export const isProbe = (packet: Uint8Array, number: 1 | 2 | 3): boolean =>
  packet.length === PROBE_LENGTH &&
  Buffer.from(packet.subarray(48, 52)).toString() === "N64P" &&
  packet[NUMBER] === number;

/** Whether a packet is data on its way to a Teredo client or from one; of TCP, for that is what tickers send. */
export const isDataTo = (packet: Uint8Array): boolean => packet[6] === TCP && isTeredoAt(packet, DESTINATION);
export const isDataFrom = (packet: Uint8Array): boolean => packet[6] === TCP && isTeredoAt(packet, SOURCE);

function isTeredoAt(packet: Uint8Array, at: number): boolean {
  return packet[at] === 0x20 && packet[at + 1] === 1 && packet[at + 2] === 0 && packet[at + 3] === 0;
}

/** Waits until a packet such as is wanted comes by, and returns the last such. */
export async function overhear(
  lab: Lab,
  point: CapturePoint,
  find: (sightings: readonly Sighting[]) => Uint8Array | undefined,
): Promise<Uint8Array> {
  for (let tries = 0; tries < 30; tries++) {
    const capture = await Capture.start(lab.directory, [point]);
    await sleep(1_000);
    const found = find(await capture.stop());
    if (found !== undefined) return found;
  }
  throw new Error("nothing such was overheard");
}

/** The last payload of Teredo datagrams that is such as is wanted. */
export function lastCarried(isWanted: (packet: Uint8Array) => boolean) {
  return (sightings: readonly Sighting[]): Uint8Array | undefined =>
    sightings
      .filter(({ headers }) => headers.carried)
      .map(payloadOf)
      .findLast(isWanted);
}

/** A probe with a wrong MAC, as it looks when a bit flips on the way, and as who changes it on purpose would have it. */
export function withWrongMac(probe: Uint8Array): { readonly flipped: Uint8Array; readonly mended: Uint8Array } {
  const flipped = Uint8Array.from(probe);
  flipped[MAC] ^= 1;
  // One more here, one less in the next word: the sum stays.
  const mended = Uint8Array.from(probe);
  const step = probe[MAC] < 255 && probe[MAC + 2] > 0 ? 1 : -1;
  mended[MAC] += step;
  mended[MAC + 2] -= step;
  return { flipped, mended };
}

/** The packet on its way back to whom it came from. */
export function turnedRound(packet: Uint8Array): Uint8Array {
  const back = Uint8Array.from(packet);
  back.set(packet.subarray(SOURCE, SOURCE + 16), DESTINATION);
  back.set(packet.subarray(DESTINATION, DESTINATION + 16), SOURCE);
  return back;
}

/** The packet with another source, or another destination. */
export function withAddress(packet: Uint8Array, which: "source" | "destination", address: string): Uint8Array {
  const changed = Uint8Array.from(packet);
  changed.set(bytesOf(parseIPv6(address)), which === "source" ? SOURCE : DESTINATION);
  return changed;
}

/** A Teredo address (RFC 4380 §4), however foolish its fields. */
export function teredoAddress(fields: { server: string; mappedAddress: string; mappedPort: number }): string {
  const bytes = new Uint8Array(16);
  const { server, mappedAddress, mappedPort } = fields;
  emitTeredoAddress(
    { server: parseIPv4(server), flags: 0, mappedPort, mappedAddress: parseIPv4(mappedAddress) },
    bytes,
  );
  return formatIPv6(wordsOf(bytes));
}

/** The mapped port of a Teredo address. */
export function mappedPortOf(teredo: string): number {
  return parseTeredoAddress(bytesOf(parseIPv6(teredo)))?.mappedPort as number;
}

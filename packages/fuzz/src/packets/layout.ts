/** Where the parts of a packet are. Written from the RFCs, without the code under test. */

/** The parts of a packet. Offsets are in bytes from its start. */
export interface Layout {
  readonly family: 4 | 6;
  /** The protocol of the payload. */
  readonly protocol: number;
  /** Where the payload starts; it may be after the packet's end. */
  readonly payload: number;
  /** Whether the packet is a fragment, or has a Fragment header. */
  readonly isFragment: boolean;
}

/** Hop-by-Hop Options, Routing, Fragment, Destination Options. */
const EXTENSIONS: readonly number[] = [0, 43, 44, 60];
const FRAGMENT = 44;
/** More extension headers than any sender uses. */
const MOST_EXTENSIONS = 16;

/** The parts of a packet; undefined if its fixed header is not complete. */
export function layoutOf(packet: Uint8Array): Layout | undefined {
  const version = packet.length > 0 ? packet[0] >>> 4 : 0;
  if (version === 4 && packet.length >= 20) return layoutOfIPv4(packet);
  if (version === 6 && packet.length >= 40) return layoutOfIPv6(packet);
  return undefined;
}

function layoutOfIPv4(packet: Uint8Array): Layout {
  const isFragment = (((packet[6] << 8) | packet[7]) & 0x3fff) !== 0;
  return { family: 4, protocol: packet[9], payload: (packet[0] & 15) * 4, isFragment };
}

function layoutOfIPv6(packet: Uint8Array): Layout {
  let protocol = packet[6];
  let payload = 40;
  let isFragment = false;
  for (let n = 0; n < MOST_EXTENSIONS && EXTENSIONS.includes(protocol) && payload + 8 <= packet.length; n++) {
    if (protocol === FRAGMENT) isFragment = true;
    const length = protocol === FRAGMENT ? 8 : 8 + packet[payload + 1] * 8;
    protocol = packet[payload];
    payload += length;
  }
  return { family: 6, protocol, payload, isFragment };
}

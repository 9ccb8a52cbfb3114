/** Reads the capture files that tcpdump writes: classic pcap, in this machine's byte order. */
import { get16 } from "@nat64/rfc6052/bytes";

/** A packet captured on an interface. */
export interface CapturedPacket {
  /** Microseconds since 1970. All namespaces of a machine share the clock. */
  readonly time: number;
  /** From the IP header on; may be cut off at its end. */
  readonly ip: Uint8Array;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;

/** Link types (LINKTYPE_ETHERNET, LINKTYPE_RAW) and how many bytes stand before the IP header. */
const BEFORE_IP: Readonly<Record<number, number>> = { 1: 14, 101: 0 };

/** The IP packets in a capture file. One that tcpdump is still writing may end in the middle of a packet. */
export function readCapture(file: Uint8Array): CapturedPacket[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < FILE_HEADER) return [];
  if (view.getUint32(0, true) !== MAGIC_MICROSECONDS) throw new Error("this is not a capture file of this machine");
  const linkType = view.getUint32(20, true);
  const before = BEFORE_IP[linkType];
  if (before === undefined) throw new Error(`captures of link type ${linkType} cannot be read`);

  const packets: CapturedPacket[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = view.getUint32(at + 8, true);
    const start = at + RECORD_HEADER;
    if (start + length > file.length) break;
    const ip = file.subarray(start + before, start + length);
    if (before === 0 || isIp(file, start)) {
      packets.push({ time: view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true), ip });
    }
    at = start + length;
  }
  return packets;
}

/** By the type of the Ethernet frame; ARP and others are not IP packets. */
function isIp(file: Uint8Array, frame: number): boolean {
  const type = get16(file, frame + 12);
  return type === 0x0800 || type === 0x86dd;
}

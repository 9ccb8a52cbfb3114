/** Gives mutated packets right lengths and checksums: blind mutation does not find them. */
import { fixTransportChecksum, sumOf } from "./checksums.ts";
import { layoutOf } from "./layout.ts";

const UDP = 17;
const ICMP: readonly number[] = [1, 58];

/** Fills in lengths and checksums of a packet that is one whole input. The first byte decides its family. */
export function repairPacket(packet: Uint8Array): void {
  const layout = layoutOf(packet);
  if (layout === undefined) return;
  if (layout.family === 6) set16(packet, 4, packet.length - 40);
  else repairIPv4Header(packet);
  if (layout.isFragment) return;
  if (layout.protocol === UDP && layout.payload + 6 <= packet.length)
    set16(packet, layout.payload + 4, packet.length - layout.payload);
  if (ICMP.includes(layout.protocol)) repairInner(packet, layout.payload + 8);
  fixTransportChecksum(packet, layout);
}

function repairIPv4Header(packet: Uint8Array): void {
  if ((packet[0] & 15) < 5) packet[0] = 0x45;
  const end = Math.min((packet[0] & 15) * 4, packet.length);
  set16(packet, 2, packet.length);
  set16(packet, 10, 0);
  set16(packet, 10, 65535 - sumOf(packet, 0, end));
}

/** The header of the packet inside an ICMP error, if that is what it looks like. */
function repairInner(packet: Uint8Array, at: number): void {
  const end = at + ((packet[at] ?? 0) & 15) * 4;
  if ((packet[at] ?? 0) >>> 4 !== 4 || end > packet.length || end < at + 20) return;
  set16(packet, at + 10, 0);
  set16(packet, at + 10, 65535 - sumOf(packet, at, end));
}

function set16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}

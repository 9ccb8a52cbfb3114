import { set16 } from "@nat64/rfc6052/bytes";
import { negate, sumOf } from "../packet/checksum.ts";
import { Icmp } from "../packet/icmp.ts";
import { Protocol } from "../packet/packet.ts";
import { Tcp } from "../packet/tcp.ts";
import { Udp } from "../packet/udp.ts";

/** Where the checksum field is, in bytes from the transport header: `csum_offset` of struct virtio_net_hdr. */
export function checksumOffset(protocol: number): number {
  return protocol === Protocol.tcp ? Tcp.checksum : protocol === Protocol.udp ? Udp.checksum : Icmp.checksum;
}

/**
 * Completes a partial checksum: the field at `transport` + {@link checksumOffset} holds the folded sum of the
 * pseudo-header, so the complement of everything up to `end` is the checksum.
 */
export function completeChecksum(bytes: Uint8Array, transport: number, end: number, protocol: number): void {
  const at = transport + checksumOffset(protocol);
  const field = negate(sumOf(bytes, transport, end));
  set16(bytes, at, field === 0 && protocol === Protocol.udp ? 0xffff : field);
}

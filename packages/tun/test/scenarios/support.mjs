// What the scenarios share. They run in a namespace of their own, as root, and report one line of JSON.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";

export function report(value) {
  console.log(JSON.stringify(value));
}

export function ip(command) {
  execFileSync("ip", command.split(" "), { stdio: ["ignore", "ignore", "inherit"] });
}

/** Keeps the kernel's own IPv6 chatter (neighbours, multicast) off devices made later. */
export function silenceIPv6() {
  writeFileSync("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
}

/** The code of the error that `action` throws, or "no error". */
export function codeOf(action) {
  try {
    action();
  } catch (error) {
    return error.code ?? String(error);
  }
  return "no error";
}

/** An IPv4 UDP packet (RFC 791, RFC 768) with a finished header checksum; the UDP checksum is 0 unless given. */
export function udpPacket({ from, to, fromPort = 4000, toPort = 4001, payload, udpChecksum = 0 }) {
  const packet = new Uint8Array(28 + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint8(8, 64);
  view.setUint8(9, 17);
  packet.set(from.split(".").map(Number), 12);
  packet.set(to.split(".").map(Number), 16);
  view.setUint16(10, ~sum(packet.subarray(0, 20)) & 0xffff);
  view.setUint16(20, fromPort);
  view.setUint16(22, toPort);
  view.setUint16(24, 8 + payload.length);
  view.setUint16(26, udpChecksum);
  packet.set(payload, 28);
  return packet;
}

/** The sum over an IPv4 pseudo-header, which a packet with NEEDS_CHECKSUM carries in its checksum field. */
export function pseudoHeaderSum({ from, to, protocol, length }) {
  const header = [...from.split("."), ...to.split(".")].map(Number);
  return sum(Uint8Array.from([...header, 0, protocol, length >> 8, length & 0xff]));
}

function sum(bytes) {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** Lays packets into a batch, one after the other, without any offload. */
export function fill(batch, packets) {
  let next = 64;
  for (const [slot, packet] of packets.entries()) {
    batch.bytes.set(packet, next);
    batch.offset[slot] = next;
    batch.length[slot] = packet.length;
    for (const field of ["flags", "gsoType", "gsoSize", "headerLength", "checksumStart", "checksumOffset"]) {
      batch[field][slot] = 0;
    }
    next = (next + packet.length + 67) & ~3;
  }
  batch.count = packets.length;
  return batch;
}

/** The next `count` datagrams of a socket. */
export async function datagrams(socket, count) {
  const received = [];
  while (received.length < count) {
    const [message] = await once(socket, "message");
    received.push(message);
  }
  return received;
}

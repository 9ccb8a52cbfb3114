/** Packets of many flows, ready to be copied into a batch: images of whole batches, so that filling is one memcpy. */

/** Bytes from one packet's start to the next: 64 of headroom and 64 of packet and padding. */
const PITCH = 128;
const HEADROOM = 64;
const PAYLOAD = 4;

const PREFIX = [0x20, 0x01, 0x0d, 0xb8, 0x64, 0, 0, 0, 0, 0, 0, 0];

/** A UDP packet from client number `flow` to a server behind the NAT64 prefix 2001:db8:6400::/96. */
function writeFlow(bytes, at, flow) {
  bytes.fill(0, at, at + 52);
  bytes[at] = 0x60;
  bytes[at + 5] = 8 + PAYLOAD;
  bytes[at + 6] = 17;
  bytes[at + 7] = 64;
  // Clients: 64 flows each, every client in a /64 of its own.
  const client = flow >> 6;
  bytes.set([0x20, 0x01, 0x0d, 0xb8, 0xc1, client >>> 16, client >>> 8, client], at + 8);
  bytes[at + 23] = 1;
  bytes.set(PREFIX, at + 24);
  bytes.set([198, 51, 100, 1 + (flow % 200)], at + 36);
  const port = 1024 + (flow & 63) * 997;
  bytes.set([port >>> 8, port, 0, 53, 0, 8 + PAYLOAD, 0xbe, 0xef], at + 40);
  return 40 + 8 + PAYLOAD;
}

/** Batch images for `flows` flows, `size` packets each. */
export function ipv6Images(flows, size) {
  const images = [];
  for (let first = 0; first < flows; first += size) {
    const bytes = new Uint8Array(size * PITCH);
    const offset = new Uint32Array(size);
    const length = new Uint32Array(size);
    const count = Math.min(size, flows - first);
    for (let i = 0; i < count; i++) {
      offset[i] = i * PITCH + HEADROOM;
      length[i] = writeFlow(bytes, offset[i], first + i);
    }
    images.push({ bytes, offset, length, count });
  }
  return images;
}

/** The answers to translated packets: source and destination exchanged, checksums left alone. */
export function answerImage(output, size) {
  const bytes = new Uint8Array(size * PITCH);
  const offset = new Uint32Array(size);
  const length = new Uint32Array(size);
  for (let i = 0; i < output.count; i++) {
    const at = i * PITCH + HEADROOM;
    const packet = output.bytes.subarray(output.offset[i], output.offset[i] + output.length[i]);
    bytes.set(packet, at);
    bytes.copyWithin(at + 12, at + 16, at + 20);
    bytes.set(packet.subarray(12, 16), at + 16);
    bytes.copyWithin(at + 20, at + 22, at + 24);
    bytes.set(packet.subarray(20, 22), at + 22);
    offset[i] = at;
    length[i] = output.length[i];
  }
  return { bytes, offset, length, count: output.count };
}

/** Puts an image into the batch, as a read from a TUN device would. */
export function load(batch, image) {
  batch.bytes.set(image.bytes);
  batch.offset.set(image.offset);
  batch.length.set(image.length);
  batch.count = image.count;
}

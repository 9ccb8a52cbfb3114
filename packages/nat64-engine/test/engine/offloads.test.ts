/** Super-packets through the batch door: the fields of struct virtio_net_hdr move along with the headers. */
import { expect, test } from "vitest";
import { createBatch, GsoType, HEADROOM, type PacketBatch, RESERVE, VirtioFlag } from "../../src/batch.ts";
import { createEngine } from "../../src/create-engine.ts";
import type { Nat64Pipeline } from "../../src/pipeline/pipeline.ts";
import { filler, ipv4, ipv6, partialError, tcp, withPartialChecksum } from "../packet/build.ts";
import { CLIENT, POOL, repeatableRandom, SERVER, SERVER6, STATEFUL } from "./support.ts";

/** A super-packet as a TUN device hands it over. */
function load(packet: Uint8Array, gsoType: number, gsoSize: number): { input: PacketBatch; output: PacketBatch } {
  const bytes = new Uint8Array(HEADROOM + packet.length + RESERVE);
  const input = createBatch(bytes, 1);
  bytes.set(packet, HEADROOM);
  const ip = packet[0] >>> 4 === 6 ? 40 : 20;
  input.offset[0] = HEADROOM;
  input.length[0] = packet.length;
  input.flags[0] = VirtioFlag.needsChecksum;
  input.gsoType[0] = gsoType;
  input.gsoSize[0] = gsoSize;
  input.headerLength[0] = ip + 20;
  input.checksumStart[0] = ip;
  input.checksumOffset[0] = 16;
  input.count = 1;
  return { input, output: createBatch(bytes, 64) };
}

function send(engine: Nat64Pipeline, packet: Uint8Array, gsoType: number, gsoSize: number) {
  const { input, output } = load(packet, gsoType, gsoSize);
  engine.process(input, 0, output, 0);
  const packets = Array.from({ length: output.count }, (_, i) =>
    output.bytes.slice(output.offset[i], output.offset[i] + output.length[i]),
  );
  return { output, packets };
}

const create = () => createEngine(STATEFUL, { random: repeatableRandom() });

/** Opens a connection; returns the engine and the client's port in the pool. */
function connected() {
  const engine = create();
  const syn = tcp(40_000, 80, filler(0));
  syn[13] = 2;
  const { packets } = send(engine, ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: syn }), 0, 0);
  return { engine, port: (packets[0][20] << 8) | packets[0][21] };
}

const up = withPartialChecksum(
  ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: tcp(40_000, 80, filler(20_000)) }),
);

test.each([0, GsoType.ecnBit])(
  "64 KB of TCP to IPv4: one header is rewritten, offload fields follow, ECN bit %i stays",
  (ecn) => {
    const { engine } = connected();
    const { output, packets } = send(engine, up, GsoType.tcp6 | ecn, 1428);
    expect(output.count).toBe(1);
    expect(packets[0].length).toBe(up.length - 20);
    expect(output.gsoType[0]).toBe(GsoType.tcp4 | ecn);
    expect([output.gsoSize[0], output.headerLength[0]]).toEqual([1428, 40]);
    expect([output.flags[0], output.checksumStart[0], output.checksumOffset[0]]).toEqual([1, 20, 16]);
    expect(partialError(packets[0])).toBe(0);
  },
);

function down(dontFragment: boolean, port: number): Uint8Array {
  const payload = tcp(80, port, filler(20_000));
  return withPartialChecksum(ipv4({ source: SERVER, destination: POOL, df: dontFragment, protocol: 6, payload }));
}

test("TCP to IPv6 with DF set: a segment that fits the link stays as large as it is", () => {
  const { engine, port } = connected();
  const { output, packets } = send(engine, down(true, port), GsoType.tcp4, 1440);
  expect([output.gsoType[0], output.gsoSize[0], output.headerLength[0]]).toEqual([GsoType.tcp6, 1440, 60]);
  expect([output.checksumStart[0], output.checksumOffset[0]]).toEqual([40, 16]);
  expect(partialError(packets[0])).toBe(0);
});

test("TCP to IPv6 with DF set: a segment that does not fit is answered with Fragmentation Needed, for segments count", () => {
  const { engine, port } = connected();
  const { packets } = send(engine, down(true, port), GsoType.tcp4, 1460);
  expect([packets[0][20], packets[0][21], (packets[0][26] << 8) | packets[0][27]]).toEqual([3, 4, 1480]);
});

test("TCP to IPv6 with DF clear: segments are made to fit 1280 bytes", () => {
  const { engine, port } = connected();
  const { output } = send(engine, down(false, port), GsoType.tcp4, 1460);
  expect(output.gsoSize[0]).toBe(1280 - 60);
});

// A kernel socket sends datagrams of many lengths; reports how batched reads lay them out.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createPacketBatch, READ_ROOM } from "@nat64/packet-io/packets";
import { openTun } from "@nat64/tun";
import { ip, report, silenceIPv6 } from "./support.mjs";

silenceIPv6();
const tun = openTun({ name: "test0" });
ip("address add 10.9.0.1/24 dev test0");
ip("link set test0 up");
const socket = createSocket("udp4");
socket.bind(0, "10.9.0.1");
await once(socket, "listening");

async function send(lengths) {
  for (const [index, length] of lengths.entries()) {
    await new Promise((resolve) => socket.send(Buffer.alloc(length, index + 1), 4000, "10.9.0.2", resolve));
  }
}

function slots(batch) {
  return Array.from({ length: batch.count }, (_, slot) => ({
    offset: batch.offset[slot],
    length: batch.length[slot],
    fill: batch.bytes[batch.offset[slot] + 28],
  }));
}

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 100, 1001, 1400, 1];
await send(lengths);
const dense = createPacketBatch();
tun.read(dense);

await send(lengths);
const wide = createPacketBatch();
tun.read(wide, { headroom: 129 });

await send(lengths);
const small = createPacketBatch({ capacity: 5 });
const byCapacity = [tun.read(small), tun.read(small), tun.read(small), tun.read(small)];

await send([10, 10]);
const reserve = 4096;
const tight = createPacketBatch({ bytes: 64 + READ_ROOM + reserve });
const tooTight = createPacketBatch({ bytes: 64 + READ_ROOM + reserve - 1 });
const byRoom = [
  tun.read(tooTight, { reserve }),
  tun.read(tooTight, { reserve: 0xffffffff }),
  tun.read(tight, { reserve }),
  tun.read(tight, { reserve }),
  tun.read(tight, { reserve }),
];
report({ lengths, dense: slots(dense), wide: slots(wide), byCapacity, byRoom });
socket.close();
tun.close();

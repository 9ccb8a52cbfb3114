// Measures the relay's fast path. Run after a build: `node --trace-gc bench/relay.mjs`.
import { makeBubble, TeredoRelay } from "@nat64/teredo";

const PEERS = 10_000;
const ROUNDS = 50;
const PACKET = 48;
const NATIVE = Uint8Array.of(0x2a, 1, 0x0d, 0xb9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);

let state = 12_345;
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state | 0;
}

const relay = new TeredoRelay({
  serves: [{ address: NATIVE, length: 80 }],
  errorSource: NATIVE,
  own: [],
  isGlobalUnicast: () => true,
  hashKey: [random(), random()],
  random,
  bubblesPerSecond: PEERS,
  totalQueueBytes: PEERS * PACKET,
});

// One packet each way for each peer in turn.
const outwards = new Uint8Array(PEERS * PACKET);
const inwards = new Uint8Array(PEERS * PACKET);
const addresses = new Int32Array(PEERS);
const ports = new Int32Array(PEERS);
for (let peer = 0; peer < PEERS; peer++) {
  const at = peer * PACKET;
  const teredo = Uint8Array.of(0x20, 1, 0, 0, 45, 0, 2, 20, 0, random(), random(), 1, 0, 0, 0, 0);
  new DataView(teredo.buffer).setInt32(12, random());
  addresses[peer] = ~new DataView(teredo.buffer).getInt32(12);
  ports[peer] = ~((teredo[10] << 8) | teredo[11]) & 0xffff;
  for (const [bytes, source, destination] of [
    [outwards, NATIVE, teredo],
    [inwards, teredo, NATIVE],
  ]) {
    bytes.set([0x60, 0, 0, 0, 0, 8, 17, 64, ...source, ...destination], at);
  }
  const [bubble] = relay.receivePacket(outwards.subarray(at, at + PACKET), 0);
  relay.receiveDatagram(addresses[peer], ports[peer], makeBubble(teredo, bubble.bytes.slice(8, 24)), 0);
}

measure("route", (peer) => relay.route(outwards, peer * PACKET, 1));
measure("accept", (peer) => relay.accept(inwards, peer * PACKET, PACKET, addresses[peer], ports[peer], 1));

function measure(name, ask) {
  const times = [];
  for (let repetition = 0; repetition < 5; repetition++) {
    let found = 0;
    const start = process.hrtime.bigint();
    for (let round = 0; round < ROUNDS; round++) {
      for (let peer = 0; peer < PEERS; peer++) found += ask(peer) >= 0 ? 1 : 0;
    }
    times.push(Number(process.hrtime.bigint() - start) / ROUNDS / PEERS);
    if (found !== ROUNDS * PEERS) throw new Error(`Only ${found} of ${ROUNDS * PEERS} packets found their peer.`);
  }
  times.sort((a, b) => a - b);
  console.log(`${name}: ${times[2].toFixed(0)} ns`);
}

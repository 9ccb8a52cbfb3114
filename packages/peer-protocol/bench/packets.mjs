// Measures work that strangers can cause, in nanoseconds each. Run after a build: `node bench/packets.mjs`.
import { createHmac } from "node:crypto";
import {
  checkProbe,
  emitProbe,
  FrameDecoder,
  NO_NONCE,
  PROBE_LENGTH,
  parseMessage,
  verifyProbe,
} from "../dist/index.js";

const ROUNDS = 5;
const hmac = (key, data) => createHmac("sha256", key).update(data).digest();
const bytes = (value, length) => new Uint8Array(length).fill(value);
const keys = { toV4: bytes(1, 32), toV6: bytes(2, 32) };
const ends = { pair: bytes(3, 16), v6: bytes(4, 16), v4: bytes(5, 16), keys };
const strangers = { ...ends, pair: bytes(9, 16) };
const probe = new Uint8Array(PROBE_LENGTH);
emitProbe(1, ends, { a: bytes(6, 16), b: NO_NONCE }, hmac, probe);
const ping = probe.slice();
ping.fill(0x61, 48);
const frame = new TextEncoder().encode(`\0\0\0\x16{"type":"ping","id":7}`);
const pair = Buffer.from(ends.pair).toString("base64url");
const path = { type: "path", pair, address: "2001:0:c000:201:2866:63bf:39cc:9bf8", state: "up", rtt: 40.5, loss: 0 };
const decoder = new FrameDecoder();

const questions = [
  ["an ordinary ping is no probe", 3e6, () => checkProbe(ping, 0, PROBE_LENGTH)],
  ["a probe has the right form", 1e6, () => checkProbe(probe, 0, PROBE_LENGTH)],
  ["a probe of an unknown pair", 3e6, () => verifyProbe(probe, 0, strangers, "v4peer", hmac)],
  ["a probe of a known pair: one HMAC", 1e5, () => verifyProbe(probe, 0, ends, "v4peer", hmac)],
  ["a frame to an object", 3e5, () => decoder.push(frame)],
  ["an object to a `path` message", 2e5, () => parseMessage(path, "v6peer-to-coordinator")],
];

for (const [name, count, run] of questions) {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) run();
    return Number(process.hrtime.bigint() - start) / count;
  });
  console.log(`${name}: ${times.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(0)} ns`);
}

/** Path probes, proofs of a prefix and authenticated solicitations: everything with a MAC or a nonce. */
import {
  checkProbe,
  emitPrefixProof,
  emitProbe,
  openAdvertisementValue,
  type PairKeys,
  PROBE_LENGTH,
  type ProbeEnds,
  type ProbeNonces,
  parsePrefixProof,
  parseProbe,
  verifyProbe,
  verifySolicitationValue,
} from "@nat64/peer-protocol";
import { address, concat } from "../packets/build.ts";
import { repairPacket } from "../packets/repair.ts";
import { mustHold, type Target } from "../target.ts";

const MAX_BYTES = 256;
const MARGIN = 64;
/** Both directions have the same MAC, of zeros: nobody has to guess it to get past it. */
const hmac = (): Uint8Array => new Uint8Array(32);
const key = new Uint8Array(32);
const keys: PairKeys = { toV4: key, toV6: key };
const ends: ProbeEnds = {
  pair: new Uint8Array(16).fill(1),
  v6: address("2001:db8:64::ffff:0:1"),
  v4: address("2001:0:c000:201:2866:63bf:39cc:9bf8"),
  keys,
};
const nonces = { a: new Uint8Array(16).fill(2), b: new Uint8Array(16).fill(3) };
const solicitation = { token: new Uint8Array(16), key, nonce: new Uint8Array(8) };
const surrounded = new Uint8Array(MARGIN + MAX_BYTES + MARGIN);

export const target: Target = {
  maxBytes: MAX_BYTES,
  seeds: [
    ...([1, 2, 3] as const).map((number) => probe(number)),
    emitPrefixProof({ index: 1, nonce: nonces.a }),
    new Uint8Array(32),
    concat(nonces.a, new Uint8Array(32)),
  ],
  repair: repairPacket,
  run(input) {
    surrounded.fill(0);
    surrounded.set(input, MARGIN);
    const parsed = parseProbe(input);
    const fault = checkProbe(surrounded, MARGIN, input.length);
    mustHold((typeof parsed === "string" ? parsed : undefined) === fault, "the bytes around a probe do not matter");
    if (typeof parsed !== "string") checkBothEnds(input);
    const proof = parsePrefixProof(input);
    if (proof !== undefined) {
      const again = parsePrefixProof(emitPrefixProof(proof));
      mustHold(again?.index === proof.index && isEqual(again.nonce, proof.nonce), "a proof is written as it was read");
    }
    verifySolicitationValue(input, solicitation, hmac);
    openAdvertisementValue(input, solicitation, { address: 1, port: 2 }, hmac);
  },
};

function checkBothEnds(input: Uint8Array): void {
  const faults = (["v4peer", "v6peer"] as const).map((receiver) => verifyProbe(input, 0, ends, receiver, hmac));
  mustHold(faults.includes("turned-round"), "a probe has one direction");
  const parsed = parseProbe(input);
  if (!faults.includes(undefined) || typeof parsed === "string") return;
  const again = probe(parsed.number, parsed);
  mustHold(isEqual(again.subarray(48, 104), input.subarray(48, 104)), "a valid probe is one that the other end writes");
}

function probe(number: 1 | 2 | 3, { a, b }: ProbeNonces = nonces): Uint8Array {
  const packet = new Uint8Array(PROBE_LENGTH);
  emitProbe(number, ends, { a, b }, hmac, packet);
  return packet;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

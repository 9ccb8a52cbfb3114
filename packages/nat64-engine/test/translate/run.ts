/** Runs one packet through classification, a mapping and a rewrite, between bytes that must not change. */
import { compilePrefix } from "@nat64/rfc6052";
import { HEADROOM } from "../../src/batch.ts";
import { Reason, type ReasonCode, reasonCode } from "../../src/drop-reasons.ts";
import { classify } from "../../src/packet/classify.ts";
import { Packet, type Tuple } from "../../src/packet/packet.ts";
import { fourToSix } from "../../src/translate/four-to-six.ts";
import { DirectMapping } from "../../src/translate/mapping/packet-mapping.ts";
import { Rfc6052Mapping } from "../../src/translate/mapping/rfc6052-mapping.ts";
import { TranslateSettings } from "../../src/translate/settings.ts";
import { sixToFour } from "../../src/translate/six-to-four.ts";
import { sixToSix } from "../../src/translate/six-to-six.ts";

export const PREFIX = "2001:db8:64::/96";
const mapping = new DirectMapping(new Rfc6052Mapping([compilePrefix(PREFIX)]));
const CANARY = 0xa5;

export interface RunOptions {
  readonly settings?: Partial<TranslateSettings>;
  readonly partial?: boolean;
  readonly segmentSize?: number;
  /** Added to the source port of the outer tuple (and to the destination port of the inner one). */
  readonly portShift?: number;
  /** Changes the targets after the mapping filled them. */
  readonly retarget?: (outer: Tuple, inner: Tuple) => void;
  /** Bytes behind the packet that the link added. */
  readonly padding?: number;
}

export interface RunResult {
  readonly reason: ReasonCode;
  /** The translated packet; empty when it was dropped. */
  readonly out: Uint8Array;
  readonly packet: Packet;
  /** As the rewrite left them. */
  readonly settings: TranslateSettings;
}

export type Direction = "6to4" | "4to6" | "6to6";

export function run(direction: Direction, input: Uint8Array, options: RunOptions = {}): RunResult {
  const padding = options.padding ?? 0;
  const offset = 2 * HEADROOM;
  const bytes = new Uint8Array(offset + input.length + padding + HEADROOM).fill(CANARY);
  bytes.set(input, offset);
  const packet = new Packet();
  packet.partialChecksum = options.partial ?? false;
  packet.segmentSize = options.segmentSize ?? 0;
  const settings = Object.assign(new TranslateSettings(), options.settings);
  let reason = classify(bytes, offset, input.length + padding, packet);
  if (reason === Reason.none) {
    const shift = options.portShift ?? 0;
    fill(direction, packet.outer.tuple, packet.outer.target);
    packet.outer.target.sourcePort = (packet.outer.tuple.sourcePort + shift) & 0xffff;
    if (packet.isIcmpError) {
      fill(direction, packet.inner.tuple, packet.inner.target);
      packet.inner.target.destinationPort = (packet.inner.tuple.destinationPort + shift) & 0xffff;
    }
    options.retarget?.(packet.outer.target, packet.inner.target);
    reason =
      direction === "6to4"
        ? sixToFour(bytes, packet, settings)
        : direction === "4to6"
          ? fourToSix(bytes, packet, settings)
          : sixToSix(bytes, packet, settings);
  }
  const isIntact = (byte: number) => byte === CANARY;
  if (!bytes.subarray(0, HEADROOM).every(isIntact) || !bytes.subarray(offset + input.length).every(isIntact)) {
    throw new Error("bytes outside of the packet and its headroom changed");
  }
  const out =
    reason === Reason.none ? bytes.slice(packet.outOffset, packet.outOffset + packet.outLength) : new Uint8Array(0);
  return { reason: reasonCode(reason), out, packet, settings };
}

/** Swaps nothing in 6to6: every address gets its last word inverted, which gives others in the same prefix. */
function fill(direction: Direction, from: Tuple, to: Tuple): void {
  if (direction === "6to4") mapping.toIPv4(from, to);
  else if (direction === "4to6") mapping.toIPv6(from, to);
  else {
    to.source.set(from.source);
    to.destination.set(from.destination);
    to.source[3] = ~from.source[3];
    to.destination[3] = ~from.destination[3];
    to.sourcePort = from.sourcePort;
    to.destinationPort = from.destinationPort;
  }
}

/** As {@link run}, for packets that must go through. */
export function translate(direction: Direction, input: Uint8Array, options: RunOptions = {}): Uint8Array {
  const result = run(direction, input, options);
  if (result.reason !== "none") throw new Error(`dropped: ${result.reason}`);
  return result.out;
}

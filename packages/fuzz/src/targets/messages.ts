/** Messages of the control protocol: decode, check, answer, encode again. */
import { isDeepStrictEqual } from "node:util";
import {
  answerTo,
  encodeFrame,
  FRAME_HEADER_LENGTH,
  FrameDecoder,
  type JsonObject,
  type Message,
  type MessageDirection,
  parseMessage,
} from "@nat64/peer-protocol";
import { mutateJson } from "../input/mutate-json.ts";
import { bytesOfText, textOf } from "../input/text.ts";
import { mustHold, type Target } from "../target.ts";

const MAX_BYTES = 8192;
const DIRECTIONS: readonly MessageDirection[] = [
  "v6peer-to-coordinator",
  "v4peer-to-coordinator",
  "coordinator-to-v6peer",
  "coordinator-to-v4peer",
];
const SEEDS = [
  { type: "ping", id: 7 },
  { type: "drain", pair: "AQEBAQEBAQEBAQEBAQEBAQ", within: 60 },
  { type: "error", code: "full", message: "No.", temporary: true, regarding: "offer" },
];

export const target: Target = {
  maxBytes: MAX_BYTES,
  seeds: SEEDS.map((message) => bytesOfText(JSON.stringify(message))),
  mutate: mutateJson,
  run(input) {
    const object = objectOf(textOf(input));
    if (object === undefined) return;
    for (const direction of DIRECTIONS) {
      const parsed = parseMessage(object, direction);
      if (parsed.ok) {
        mustSurvive(parsed.message, direction);
        continue;
      }
      const answer = answerTo(parsed.fault);
      if (answer !== undefined) mustSurvive(answer, "coordinator-to-v6peer");
    }
  },
};

/** A message that was accepted is encoded to one frame, and the other side reads the same message. */
function mustSurvive(message: Message, direction: MessageDirection): void {
  const frame = encodeFrame(message);
  const [event, ...more] = new FrameDecoder(frame.length - FRAME_HEADER_LENGTH).push(frame);
  mustHold(event?.ok === true && more.length === 0, "a message is one frame");
  const again = parseMessage(event.object, direction);
  mustHold(again.ok, "a message that was accepted once is accepted again");
  mustHold(isDeepStrictEqual(again.message, JSON.parse(JSON.stringify(message))), "a message survives the wire");
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

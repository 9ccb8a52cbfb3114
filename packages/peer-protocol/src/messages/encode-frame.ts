/** Encodes messages to bytes: the reverse of `frame/decoder.ts`. */
import { set32 } from "@nat64/rfc6052/bytes";
import { FRAME_HEADER_LENGTH, MAX_FRAME_LENGTH } from "../frame/limits.ts";
import { encodeUtf8 } from "../text/utf8.ts";
import type { Message } from "./all-messages.ts";

/**
 * Encodes the frame of a message. Throws a `RangeError` if it is too long, which cannot happen for a message that its
 * schema accepts.
 */
export function encodeFrame(message: Message): Uint8Array {
  const json = encodeUtf8(JSON.stringify(message));
  if (json.length > MAX_FRAME_LENGTH) throw new RangeError(`a message of type ${message.type} is too long for a frame`);
  const frame = new Uint8Array(FRAME_HEADER_LENGTH + json.length);
  set32(frame, 0, json.length);
  frame.set(json, FRAME_HEADER_LENGTH);
  return frame;
}

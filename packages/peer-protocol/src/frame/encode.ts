/** Messages to bytes: the mirror of `decoder.ts`. */
import type { Message } from "../messages/message.ts";
import { encodeUtf8 } from "../text/utf8.ts";
import { FRAME_HEADER_LENGTH, MAX_FRAME_LENGTH } from "./limits.ts";

/**
 * The frame of a message. Throws a `RangeError` if it is too long, which no message is that its schema accepts: the
 * mistake is then the caller's.
 */
export function encodeFrame(message: Message): Uint8Array {
  const json = encodeUtf8(JSON.stringify(message));
  if (json.length > MAX_FRAME_LENGTH) throw new RangeError(`a message of type ${message.type} is too long for a frame`);
  const frame = new Uint8Array(FRAME_HEADER_LENGTH + json.length);
  frame[0] = json.length >>> 24;
  frame[1] = json.length >>> 16;
  frame[2] = json.length >>> 8;
  frame[3] = json.length;
  frame.set(json, FRAME_HEADER_LENGTH);
  return frame;
}

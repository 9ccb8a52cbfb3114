/** A connection of the control protocol: bytes in pieces of any size become frames. */
import { FRAME_HEADER_LENGTH, FrameDecoder, type FrameEvent, MAX_HELLO_LENGTH } from "@nat64/peer-protocol";
import { bytesOfText } from "../input/text.ts";
import { concat, u32 } from "../packets/build.ts";
import { mustHold, type Target } from "../target.ts";

const MAX_BYTES = 4096;

export const target: Target = {
  maxBytes: MAX_BYTES,
  seeds: [
    concat([3], frame('{"type":"ping","id":7}'), frame('{"type":"pong","id":7}')),
    concat([1], frame("[]"), frame("{"), frame(""), frame("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]")),
    concat([200], frame('{"a":{"b":[1,2,{"c":"\\u00e6"}]}}'), u32(0xffff_ffff)),
  ],
  run(input) {
    const step = (input[0] ?? 0) + 1;
    const stream = input.subarray(1);
    const whole = new FrameDecoder(MAX_HELLO_LENGTH);
    const all = whole.push(stream);
    const pieces = new FrameDecoder(MAX_HELLO_LENGTH);
    const some: FrameEvent[] = [];
    for (let at = 0; at < stream.length; at += step) {
      some.push(...pieces.push(stream.subarray(at, at + step)));
      mustHold(pieces.pending <= FRAME_HEADER_LENGTH + MAX_HELLO_LENGTH, "at most one frame waits");
      mustHold(pieces.memory <= 2 * Math.max(pieces.pending, 1), "memory grows with the bytes that arrive");
    }
    mustHold(JSON.stringify(all) === JSON.stringify(some), "it does not matter how bytes are split");
    mustHold(whole.isDead === pieces.isDead, "a fatal fault does not depend on how bytes are split");
    if (whole.isDead) mustHold(whole.push(frame("{}")).length === 0, "nothing is read after a fatal fault");
  },
};

function frame(json: string): Uint8Array {
  const bytes = bytesOfText(json);
  return concat(u32(bytes.length), bytes);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeFrame,
  FRAME_FAULTS,
  FRAME_HEADER_LENGTH,
  FrameDecoder,
  type FrameEvent,
  type FrameFault,
  MAX_FRAME_LENGTH,
  MAX_HELLO_LENGTH,
  MAX_NESTING_DEPTH,
} from "../src/index.ts";

const encoder = new TextEncoder();

/** A frame around any bytes, or with a false length. */
function frameOf(body: string | Uint8Array, length?: number): Uint8Array {
  const json = typeof body === "string" ? encoder.encode(body) : body;
  const frame = new Uint8Array(FRAME_HEADER_LENGTH + json.length);
  new DataView(frame.buffer).setUint32(0, length ?? json.length);
  frame.set(json, FRAME_HEADER_LENGTH);
  return frame;
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Pushes the bytes in pieces that end at the cuts. */
function pushInPieces(decoder: FrameDecoder, bytes: Uint8Array, cuts: readonly number[]): FrameEvent[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  return ends.flatMap((end) => {
    const piece = bytes.slice(start, end);
    start = end;
    const events = decoder.push(piece);
    piece.fill(0xff); // The decoder must not have kept it.
    return events;
  });
}

const fault = (name: FrameFault): FrameEvent => ({ ok: false, fault: name });

describe("nesting", () => {
  const nested = (depth: number, open = "[", close = "]"): Uint8Array => {
    const json = new TextEncoder().encode(
      `{"type":"ping","id":7,"x":${open.repeat(depth - 1)}${close.repeat(depth - 1)}}`,
    );
    return Uint8Array.of(0, 0, json.length >>> 8, json.length & 255, ...json);
  };
  const faultOf = (bytes: Uint8Array): unknown => {
    const [event] = new FrameDecoder().push(bytes);
    return event.ok ? undefined : event.fault;
  };

  it("of sixteen levels is read, of seventeen and of thirty thousand it is not JSON", () => {
    expect(faultOf(nested(MAX_NESTING_DEPTH))).toBeUndefined();
    expect(faultOf(nested(MAX_NESTING_DEPTH + 1))).toBe("malformed-json");
    expect(faultOf(nested(30_000))).toBe("malformed-json");
    expect(faultOf(nested(MAX_NESTING_DEPTH + 1, '{"a":', "}").subarray())).toBe("malformed-json");
  });

  it("does not count brackets in strings", () => {
    const json = new TextEncoder().encode(`{"x":"${"[{".repeat(40)}\\"${"[".repeat(40)}"}`);
    expect(faultOf(Uint8Array.of(0, 0, 0, json.length, ...json))).toBeUndefined();
  });
});

describe("framing", () => {
  it("writes the length, most significant byte first, and the JSON", () => {
    const frame = encodeFrame({ type: "ping", id: 7 });
    expect([...frame.subarray(0, 4)]).toEqual([0, 0, 0, 22]);
    expect(new TextDecoder().decode(frame.subarray(4))).toBe('{"type":"ping","id":7}');
  });

  it("refuses to write a frame that no receiver accepts", () => {
    const message = "x".repeat(MAX_FRAME_LENGTH);
    expect(() => encodeFrame({ type: "error", code: "internal", message, temporary: true })).toThrow(RangeError);
  });

  it("can be limited to short frames until the sender is known", () => {
    const decoder = new FrameDecoder(MAX_HELLO_LENGTH);
    const short = frameOf(`{"a":"${"x".repeat(MAX_HELLO_LENGTH - 8)}"}`);
    const long = frameOf(`{"a":"${"x".repeat(MAX_HELLO_LENGTH - 7)}"}`);
    expect(decoder.push(short)).toMatchObject([{ ok: true }]);
    decoder.longest = MAX_FRAME_LENGTH;
    expect(decoder.push(long)).toMatchObject([{ ok: true }]);
    decoder.longest = MAX_HELLO_LENGTH;
    expect(decoder.push(long)).toEqual([fault("frame-too-long")]);
    expect(decoder.isDead).toBe(true);
  });

  it("allocates memory for the received bytes of a frame, not for its announced length", () => {
    const decoder = new FrameDecoder();
    decoder.push(frameOf("x".repeat(100), MAX_FRAME_LENGTH));
    expect(decoder.memory).toBe(100);
    decoder.push(new Uint8Array(1));
    expect(decoder.memory).toBe(200);
    expect(decoder.pending).toBe(FRAME_HEADER_LENGTH + 101);
    decoder.push(new Uint8Array(MAX_FRAME_LENGTH - 102));
    expect(decoder.memory).toBeLessThanOrEqual(MAX_FRAME_LENGTH);
    decoder.push(new Uint8Array(1));
    expect(decoder.memory).toBe(0);
  });

  it("reads back what was written, regardless of how it is split", () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 3 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(objects, fc.array(fc.nat(), { maxLength: 40 }), (list, cuts) => {
        const texts = list.map((object) => JSON.stringify(object));
        const decoder = new FrameDecoder();
        const events = pushInPieces(decoder, join(...texts.map((text) => frameOf(text))), cuts);
        expect(events).toEqual(texts.map((text) => ({ ok: true, object: JSON.parse(text) })));
        expect(decoder.pending).toBe(0);
      }),
    );
  });

  it("reads frames split at every position, and byte by byte", () => {
    const bytes = join(frameOf('{"a":1}'), frameOf("?"), frameOf("{}"), frameOf(""));
    const expected = [
      { ok: true, object: { a: 1 } },
      fault("malformed-json"),
      { ok: true, object: {} },
      fault("malformed-json"),
    ];
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(pushInPieces(new FrameDecoder(), bytes, [cut])).toEqual(expected);
    }
    const every = Array.from(bytes, (_, i) => i);
    expect(pushInPieces(new FrameDecoder(), bytes, every)).toEqual(expected);
  });

  it.each<[string, string | Uint8Array, FrameFault]>([
    ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), "bad-utf8"],
    ["an overlong encoding", Uint8Array.of(0xc0, 0xaf), "bad-utf8"],
    ["an encoded surrogate", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "bad-utf8"],
    ["nothing", "", "malformed-json"],
    ["half an object", '{"a":', "malformed-json"],
    ["something after the object", "{} {}", "malformed-json"],
    ["a byte order mark", "\ufeff{}", "malformed-json"],
    ["brackets without end", "[".repeat(MAX_FRAME_LENGTH), "malformed-json"],
    ["a number", "1", "not-an-object"],
    ["null", "null", "not-an-object"],
    ["an array", "[{}]", "not-an-object"],
    ["an array in an array", "[[]]", "not-an-object"],
    ["arrays in arrays", "[".repeat(MAX_FRAME_LENGTH / 2) + "]".repeat(MAX_FRAME_LENGTH / 2), "malformed-json"],
  ])("reports %s and continues with the next frame", (_, body, name) => {
    const decoder = new FrameDecoder();
    expect(FRAME_FAULTS[name].fatal).toBe(false);
    expect(decoder.push(join(frameOf(body), frameOf("{}")))).toEqual([fault(name), { ok: true, object: {} }]);
    expect(decoder.isDead).toBe(false);
  });

  it("accepts the longest frame and fails on one that is a byte longer", () => {
    const longest = `{"a":"${"x".repeat(MAX_FRAME_LENGTH - 8)}"}`;
    expect(new FrameDecoder().push(frameOf(longest))).toMatchObject([{ ok: true }]);
    const decoder = new FrameDecoder();
    expect(decoder.push(join(frameOf("{}", MAX_FRAME_LENGTH + 1), frameOf("{}")))).toEqual([fault("frame-too-long")]);
    expect(FRAME_FAULTS["frame-too-long"].fatal).toBe(true);
    expect(decoder.isDead).toBe(true);
    expect(decoder.push(frameOf("{}"))).toEqual([]);
    expect(decoder.pending).toBe(0);
  });

  it("treats another protocol as a frame that is too long", () => {
    expect(new FrameDecoder().push(encoder.encode("GET / HTTP/1.1\r\n\r\n"))).toEqual([fault("frame-too-long")]);
  });

  it("survives any bytes, keeps at most a frame of them and accounts for each frame once", () => {
    const bodies = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.json().map((text) => encoder.encode(text)),
      ),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(), { maxLength: 10 }), (list, cuts) => {
        const decoder = new FrameDecoder();
        const bytes = join(...list.map((body) => frameOf(body)));
        expect(pushInPieces(decoder, bytes, cuts)).toHaveLength(list.length);
        expect(decoder.pending).toBe(0);
      }),
    );
  });

  it("survives frames with flipped bits", () => {
    const good = join(frameOf('{"type":"ping","id":1}'), frameOf('{"type":"pong","id":1}'));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const bytes = good.slice();
        bytes[at] ^= bits;
        const decoder = new FrameDecoder();
        for (const event of decoder.push(bytes)) if (!event.ok) expect(FRAME_FAULTS[event.fault]).toBeDefined();
        expect(decoder.pending).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

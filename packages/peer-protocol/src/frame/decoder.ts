/**
 * Decodes the bytes of a connection to frames, regardless of how the bytes are split.
 *
 *      0                4
 *      +----------------+--------------------------+
 *      | length, 32 bit | JSON object, UTF-8       |   length: of the JSON alone, at most 65,536
 *      +----------------+--------------------------+
 *
 * It never throws, whatever the bytes. Faults are values, in order with the frames. It buffers at most one frame. After
 * a fatal fault it reads nothing more.
 */
import { get32 } from "@nat64/rfc6052/bytes";
import { decodeUtf8 } from "../text/utf8.ts";
import type { FrameFault } from "./fault.ts";
import { FRAME_HEADER_LENGTH, MAX_FRAME_LENGTH } from "./limits.ts";
import { isTooDeep } from "./nesting.ts";

/** The parsed JSON of a frame, not yet checked by a schema. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A frame, or a fault in place of a frame. */
export type FrameEvent =
  | { readonly ok: true; readonly object: JsonObject }
  | { readonly ok: false; readonly fault: FrameFault };

/** Create one for each connection. */
export class FrameDecoder {
  readonly #header = new Uint8Array(FRAME_HEADER_LENGTH);
  #headerFilled = 0;
  /**
   * Created when a frame does not arrive in one piece, and grown as its bytes arrive, so that announcing a long frame
   * costs no memory.
   */
  #body = new Uint8Array(0);
  #bodyFilled = 0;
  #bodyLength = 0;
  #isDead = false;
  /** Maximum length of the JSON of frames that start from now on, in bytes. A longer one is `frame-too-long`. */
  longest: number;

  constructor(longest: number = MAX_FRAME_LENGTH) {
    this.longest = longest;
  }

  /** Whether a fatal fault occurred. If so, close the connection. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Bytes of an incomplete frame: at most a header and a frame. */
  get pending(): number {
    return this.#headerFilled + this.#bodyFilled;
  }

  /** Bytes of memory allocated for the incomplete frame: at most twice {@link pending}. */
  get memory(): number {
    return this.#body.length;
  }

  /** Returns the frames and faults that these bytes complete. Does not keep the bytes. */
  push(bytes: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    let at = 0;
    while (at < bytes.length && !this.#isDead) {
      if (this.#headerFilled < FRAME_HEADER_LENGTH) {
        this.#header[this.#headerFilled++] = bytes[at++];
        if (this.#headerFilled === FRAME_HEADER_LENGTH) this.#begin(events);
      } else {
        at += this.#take(bytes, at, events);
      }
    }
    return events;
  }

  #begin(events: FrameEvent[]): void {
    this.#bodyLength = get32(this.#header, 0) >>> 0;
    if (this.#bodyLength > this.longest) {
      this.#isDead = true;
      this.#reset();
      events.push({ ok: false, fault: "frame-too-long" });
    } else if (this.#bodyLength === 0) {
      this.#finish(new Uint8Array(0), events);
    }
  }

  /** Takes the bytes that belong to the frame's JSON. Returns their number. */
  #take(bytes: Uint8Array, at: number, events: FrameEvent[]): number {
    const taken = Math.min(this.#bodyLength - this.#bodyFilled, bytes.length - at);
    const piece = bytes.subarray(at, at + taken);
    if (taken === this.#bodyLength) {
      this.#finish(piece, events);
      return taken;
    }
    this.#keep(piece);
    if (this.#bodyFilled === this.#bodyLength) this.#finish(this.#body.subarray(0, this.#bodyLength), events);
    return taken;
  }

  #keep(piece: Uint8Array): void {
    const needed = this.#bodyFilled + piece.length;
    if (needed > this.#body.length) {
      const grown = new Uint8Array(Math.min(this.#bodyLength, Math.max(needed, 2 * this.#body.length)));
      grown.set(this.#body.subarray(0, this.#bodyFilled));
      this.#body = grown;
    }
    this.#body.set(piece, this.#bodyFilled);
    this.#bodyFilled = needed;
  }

  #finish(json: Uint8Array, events: FrameEvent[]): void {
    events.push(parseJson(json));
    this.#reset();
  }

  #reset(): void {
    this.#headerFilled = 0;
    this.#bodyFilled = 0;
    this.#body = new Uint8Array(0);
  }
}

function parseJson(json: Uint8Array): FrameEvent {
  if (isTooDeep(json)) return { ok: false, fault: "malformed-json" };
  const text = decodeUtf8(json);
  if (text === undefined) return { ok: false, fault: "bad-utf8" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, fault: "malformed-json" };
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? { ok: true, object: value as JsonObject } : { ok: false, fault: "not-an-object" };
}

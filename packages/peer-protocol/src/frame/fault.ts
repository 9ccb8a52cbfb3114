/** What can be wrong with a frame; stable. */
export type FrameFault = "frame-too-long" | "bad-utf8" | "malformed-json" | "not-an-object";

/** What a fault means for the connection. */
export interface FrameFaultInfo {
  /** A sentence for humans. */
  readonly sentence: string;
  /**
   * Whether nothing after it may be read: close the connection. The others lie inside a frame whose end is known, so
   * that the next frame can be read.
   */
  readonly fatal: boolean;
}

/** Every fault with its meaning. */
export const FRAME_FAULTS: Readonly<Record<FrameFault, FrameFaultInfo>> = {
  "frame-too-long": { sentence: "A frame is longer than it may be, or this is not the protocol.", fatal: true },
  "bad-utf8": { sentence: "A frame is not UTF-8.", fatal: false },
  "malformed-json": { sentence: "A frame is not JSON.", fatal: false },
  "not-an-object": { sentence: "A frame holds JSON that is not an object.", fatal: false },
};

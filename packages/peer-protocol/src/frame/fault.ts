/** The faults of a frame. The codes are stable. */
export type FrameFault = "frame-too-long" | "bad-utf8" | "malformed-json" | "not-an-object";

/** What a fault means for the connection. */
export interface FrameFaultInfo {
  /** A sentence for people. */
  readonly sentence: string;
  /**
   * Whether the connection must be closed. Other faults are inside a frame whose end is known, so that the next frame
   * can be read.
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

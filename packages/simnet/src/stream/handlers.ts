import type { Stream } from "./stream.ts";

/**
 * Why a stream ended at the other end's behest or by the network's: closed in order, reset, refused (nobody listens),
 * or nothing was acknowledged for too long.
 */
export type CloseReason = "closed" | "reset" | "refused" | "timeout";

/** What a stream calls. Nothing of it is called any more once this end closed or reset it, or its host crashed. */
export interface StreamHandlers {
  /** It is open. */
  readonly onOpen?: (stream: Stream) => void;
  /** Bytes arrived, in order, cut anywhere. They are good until the handler returns. */
  readonly onBytes?: (bytes: Uint8Array, stream: Stream) => void;
  /** It ended, and not by this end's doing. */
  readonly onClose?: (reason: CloseReason, stream: Stream) => void;
}

/** Called for each stream that comes in; returns its handlers (`onOpen` is called right after). */
export type Accept = (stream: Stream) => StreamHandlers;

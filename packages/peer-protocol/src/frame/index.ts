/** Framing: a length and a JSON object. */
export { FrameDecoder, type FrameEvent, type JsonObject } from "./decoder.ts";
export { FRAME_FAULTS, type FrameFault, type FrameFaultInfo } from "./fault.ts";
export { FRAME_HEADER_LENGTH, MAX_FRAME_LENGTH, MAX_HELLO_LENGTH, MAX_NESTING_DEPTH } from "./limits.ts";

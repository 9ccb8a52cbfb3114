/** Length of the number before each frame's JSON: 32 bits, most significant byte first. */
export const FRAME_HEADER_LENGTH = 4;

/** Longest JSON of a frame, in bytes. The largest message that the schemas let through stays below it. */
export const MAX_FRAME_LENGTH: number = 64 * 1024;

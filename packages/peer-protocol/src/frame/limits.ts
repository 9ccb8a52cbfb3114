/** Length of the number before each frame's JSON: 32 bits, most significant byte first. */
export const FRAME_HEADER_LENGTH = 4;

/** Longest JSON of a frame, in bytes. The largest message that the schemas let through stays below it. */
export const MAX_FRAME_LENGTH: number = 64 * 1024;

/**
 * Longest JSON of a frame before `welcome`, in bytes: nobody knows yet who sends it. The largest `hello` that the schema
 * lets through has half of that.
 */
export const MAX_HELLO_LENGTH: number = 4 * 1024;

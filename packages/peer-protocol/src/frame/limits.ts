/** Length of the number before each frame's JSON: 32 bits, most significant byte first. */
export const FRAME_HEADER_LENGTH = 4;

/** Deepest nesting of objects and arrays. The deepest message has four levels. */
export const MAX_NESTING_DEPTH = 16;

/** Longest JSON of a frame, in bytes. The largest message that the schemas accept is smaller. */
export const MAX_FRAME_LENGTH: number = 64 * 1024;

/**
 * Longest JSON of a frame before `welcome`, in bytes, while the sender is still unknown. The largest `hello` that the
 * schema accepts is half as long.
 */
export const MAX_HELLO_LENGTH: number = 4 * 1024;

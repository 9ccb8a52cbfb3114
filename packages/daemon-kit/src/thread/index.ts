/** A thread that blocks, asked from one that does not: each sees the other as an object. */
export { MainThread, startOptions } from "./main-thread.ts";
export { Thread, type ThreadOptions, type WakeUp } from "./thread.ts";

/** A thread that blocks, asked from one that does not. */
export { Thread, type ThreadOptions, type ThreadReply, type WakeUp } from "./thread.ts";

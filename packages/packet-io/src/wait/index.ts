/** Waiting for file descriptors, waking a thread that waits, and the loop of such a thread. */
export { borrowEventFd, type EventFd, openEventFd } from "./event-fd.ts";
export { MAX_POLL_FDS, POLL_ERROR, POLL_HANGUP, POLL_IN, POLL_INVALID, POLL_OUT, PollSet } from "./poll-set.ts";
export { type LoopSource, type LoopTask, type WaitCounters, WaitLoop, type WaitLoopParts } from "./wait-loop.ts";

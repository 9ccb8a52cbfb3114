/** Waiting for file descriptors, and waking a thread that waits. */
export { borrowEventFd, type EventFd, openEventFd } from "./event-fd.ts";
export { MAX_POLL_FDS, POLL_ERROR, POLL_HANGUP, POLL_IN, POLL_INVALID, POLL_OUT, Poller } from "./poller.ts";

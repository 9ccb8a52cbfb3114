/** An open file descriptor with its owner and its counters: for packages that build on it. */
export { createCounterArray, type IoCounters, readCounters } from "./counters.ts";
export { Descriptor } from "./descriptor.ts";

/** An open file descriptor with its owner, and the block that C takes for it: for packages that build on this one. */
export type { IoCounters } from "./counters.ts";
export { Descriptor } from "./descriptor.ts";
export { IoControl } from "./io-control.ts";

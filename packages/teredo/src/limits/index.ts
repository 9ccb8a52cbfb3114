/** Limits on events per second: one for all events, or one for each key. Sans-IO, no allocation per event. */
export { EventWindow } from "./event-window.ts";
export { KeyedRateLimiter } from "./keyed-rate-limiter.ts";
export { RateLimiter } from "./rate-limiter.ts";

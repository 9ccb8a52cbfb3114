/** Path probes: how both ends of a pair verify that a relay leads to the other end. */
export { checkProbe } from "./check.ts";
export { emitProbe, NO_NONCE, type ProbeNonces } from "./emit.ts";
export type { ProbeEnds } from "./ends.ts";
export { PROBE_FAULTS, type ProbeFault } from "./fault.ts";
export { copyNonce, hasNonce, isProbeOf, type Probe, parseProbe, readProbeNumber } from "./fields.ts";
export { PROBE_LENGTH, PROBE_VERSION, type ProbeNumber } from "./layout.ts";
export {
  BUBBLE_PERIOD,
  MAX_BUBBLES_PER_RELAY,
  MAX_BUBBLES_PER_SECOND,
  MAX_VALIDATED_RELAYS,
  PROBE_INTERVAL_MS,
  PROBE_REPEATS,
  PROBE_TIMEOUT_MS,
  RELAY_LIFETIME_MS,
  REPORT_INTERVAL_MS,
  VALIDATION_WINDOW_MS,
} from "./timing.ts";
export { verifyProbe } from "./verify.ts";

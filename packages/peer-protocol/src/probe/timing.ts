/**
 * Times and limits of probes, which both ends share. Times are in milliseconds. The reasons are in PROTOCOL.md, "Rules
 * of a path".
 */

/** Time between two exchanges on a path that is up: three of them before a NAT or a relay forgets after 30 s. */
export const PROBE_INTERVAL_MS = 10_000;
/** How long the IPv6 peer waits for message 2, and the silence under load after which it probes. */
export const PROBE_TIMEOUT_MS = 1_000;
/** How often it repeats message 1, with a fresh nonce a, before the path is down. */
export const PROBE_REPEATS = 3;
/** How long after its message 2 the IPv4 peer accepts message 3. */
export const VALIDATION_WINDOW_MS = 5_000;
/** Validated relays that the IPv4 peer keeps for each pair. Another one replaces the oldest. */
export const MAX_VALIDATED_RELAYS = 4;
/** How long a relay stays validated after the last valid message 3. */
export const RELAY_LIFETIME_MS = 60_000;
/** Bubbles that the IPv4 peer sends to one relay within `BUBBLE_PERIOD`. */
export const MAX_BUBBLES_PER_RELAY = 4;
/** See {@link MAX_BUBBLES_PER_RELAY}. */
export const BUBBLE_PERIOD = 300_000;
/** Bubbles per second that the IPv4 peer sends to all relays together. */
export const MAX_BUBBLES_PER_SECOND = 10;
/** Time between two `path` reports without a change. */
export const REPORT_INTERVAL_MS = 60_000;

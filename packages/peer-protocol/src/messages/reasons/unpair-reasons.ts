/**
 * The reasons why a pair ends, as `unpair` states them. To add one: a line here and in `PROTOCOL.md`. They are used in
 * `coordinator/src/machine/rules/pairs/end.ts` and in the machines of both peers.
 */
export const UNPAIR_REASONS = {
  operator: "An owner ended it.",
  drained: "The other end has let its clients go, and ends.",
  shutdown: "The other end has ended.",
  "peer-gone": "The coordinator has lost the other peer. A path that is up may be used until it is down.",
  "not-held": "The other end does not hold this pair.",
  "path-never-up": "No path came up, whatever address was tried.",
  "path-unstable": "The path went down several times, each time soon after it had come up.",
  "no-data": "The path is up, but clients get no answers over it.",
  "policy-changed": "The other end's policy no longer allows it.",
  banned: "One end of it has been banned.",
} as const;

/** The reasons why a pair gets a Teredo address, as `pair` states them. To add one: a line here and in `PROTOCOL.md`. */
export const PAIR_REASONS = {
  new: "The two have just agreed.",
  "mapping-changed": "The IPv4 peer has another mapping.",
  "path-down": "The path was reported down: a fresh address, so that relays start anew.",
  resumed: "The pair is what it was: the coordinator, or an end of it, was away.",
} as const;

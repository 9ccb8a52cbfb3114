/** The reasons why a connection ends, as `goodbye` states them. To add one: a line here and in `PROTOCOL.md`. */
export const GOODBYE_REASONS = {
  shutdown: "The program ends.",
  restart: "The program comes back at once.",
  replaced: "The same identity has connected again.",
  refused: "The error before says why.",
  silent: "There was nothing to hear for too long.",
  "too-many-errors": "There were too many messages that could not be used.",
} as const;

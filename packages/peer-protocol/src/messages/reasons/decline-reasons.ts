/** The reasons why there is no pair, as `decline` states them. To add one: a line here and in `PROTOCOL.md`. */
export const DECLINE_REASONS = {
  full: "It has as many pairs as it wants.",
  "not-wanted": "It pairs only with peers that it names.",
  "not-pinned": "The identity is not the one that its owner pinned.",
  "bad-signature": "The signature of the other message is wrong.",
  "no-ports": "It has no block of ports left.",
  "no-selector": "It has no selector left.",
  draining: "It is about to go.",
  timeout: "There was no answer in time.",
  gone: "The other peer is gone.",
  banned: "Its owner has banned the other peer.",
} as const;

import type { Translator } from "./translator.ts";

/** Nothing stands in the IPv6 peer's host, for tests that start and stop something there themselves. */
export const none: Translator = {
  name: "none",
  needsIpv6Server: false,
  start: async ({ serverNat64 }) => ({ carriers: [], target: serverNat64, stop: async () => {} }),
};

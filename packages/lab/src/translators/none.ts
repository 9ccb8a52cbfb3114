import type { Translator } from "./translator.ts";

/** No translator in the IPv6 peer's host, for tests that start and stop one themselves. */
export const none: Translator = {
  name: "none",
  needsIpv6Server: false,
  start: async ({ serverNat64 }) => ({ carriers: [], target: serverNat64, stop: async () => {} }),
};

/** The hour of `sim-hostile.test.ts` with other seeds, and with fewer clients: where less can be learnt from them. */
import { expect, test } from "vitest";
import { AN_HOUR, END, runHostile } from "../src/sim/scenario/hostile.ts";

test.each([1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => [3, 20].map((clients) => ({ seed, clients }))))(
  "with 30 of 40 IPv4 peers hostile, the connections of $clients honest clients work for an hour: seed $seed",
  ({ seed, clients: count }) => {
    const { clients } = runHostile({ ...AN_HOUR, seed, clients: count });
    expect(clients.share(60_000, END)).toBeGreaterThan(0.95);
  },
);

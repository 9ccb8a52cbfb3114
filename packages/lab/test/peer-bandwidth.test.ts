import { describe, expect, it } from "vitest";
import { bulk } from "../src/index.ts";
import { reaches } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const LIMIT = 20_000_000;
const SECONDS = 4;

describe.skipIf(!isRoot).each(["builtin", "cone"] as const)("an IPv4 peer with bandwidth 20M, relay %s,", (relay) => {
  const path = usePeerPath({ relay, v4peers: [{ exit: 'internet = true\nbandwidth = "20M"' }] });

  const tcp = async (direction: "up" | "down"): Promise<number> => {
    const { client, server, serverNat64: target } = path.it;
    return 8 * (await bulk({ client, server, target, direction, streams: 1, seconds: SECONDS })).bytes;
  };

  it.each(["up", "down"] as const)("gives TCP most of it and never more (%s)", async (direction) => {
    const bits = await reaches(0.8 * LIMIT * SECONDS, () => tcp(direction));
    expect(bits).toBeGreaterThan(0.8 * LIMIT * SECONDS);
    // The receiver counts for a little longer than the sender sends.
    expect(bits).toBeLessThan(LIMIT * (SECONDS + 1));
  });
});

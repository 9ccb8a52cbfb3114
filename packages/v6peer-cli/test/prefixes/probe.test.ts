/** Probes on loopback: ::/96 embeds 0.0.0.1 as ::1, which no real NAT64 prefix would be. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probePrefix } from "../../src/shared-prefixes/probe.ts";
import { probeMany } from "../../src/shared-prefixes/probe-many.ts";

let server: Server;
let good: string;
let connections = 0;
beforeEach(async () => {
  connections = 0;
  server = createServer((socket) => {
    connections++;
    socket.on("error", () => {});
    socket.end();
  }).listen(0, "::1");
  await once(server, "listening");
  good = `0.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

const REFUSED = "0.0.0.1:1";
const prefix = { nat64Prefix: "::/96" };

describe("a probe", () => {
  it("is up with one connection when the first target answers", async () => {
    const probe = await probePrefix(prefix, { targets: [good, good, good] });
    expect(probe).toEqual({ health: "up", rtt: expect.any(Number), target: good });
    expect(connections).toBe(1);
  });

  it("is up when any target answers", async () => {
    expect(await probePrefix(prefix, { targets: [REFUSED, good] })).toMatchObject({ health: "up", target: good });
  });

  it("is down when none does and nobody is known to answer pings, and says why", async () => {
    const probe = await probePrefix(prefix, { targets: [REFUSED] });
    expect(probe).toEqual({ health: "down", reason: "0.0.0.1:1 through it: connection refused" });
  });

  it("tells an IPv6 peer that answers from one that does not", async () => {
    const probe = await probePrefix({ ...prefix, self: "::1" }, { targets: [REFUSED] });
    expect(probe).toEqual({
      health: "no-ipv4",
      reason: "::1 answers pings, but 0.0.0.1:1 through it: connection refused",
    });
    const dead = await probePrefix({ ...prefix, self: "fe80::1%lo" }, { targets: [REFUSED], timeoutMs: 200 });
    expect(dead.health).toBe("down");
  });

  it("ends when nobody wants it any more", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(probePrefix(prefix, { targets: [good], signal })).rejects.toThrow("enough");
    expect(connections).toBe(0);
  });
});

it("probes of many prefixes are never more than eight at once, and keep their order", async () => {
  let most = 0;
  let running = 0;
  const items = Array.from({ length: 20 }, (_, index) => index);
  const results = await probeMany(items, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 300));
    running--;
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
  expect(most).toBeLessThanOrEqual(8);
  expect(most).toBeGreaterThan(1);
});

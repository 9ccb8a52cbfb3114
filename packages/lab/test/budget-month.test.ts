/** Bandwidth as a budget, with real packets: bytes for a month, and budgets of peers with peer exits. */
import { describe, expect, it } from "vitest";
import { bulk, ours, startWebServer, urlOf, V6PEER } from "../src/index.ts";
import { useLocal } from "./local-lab.ts";
import { reaches } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const budgetOf = ({ lab }: { readonly lab: { readonly directory: string } }, keys: string) =>
  `[bandwidth]\n${keys}\nstate = "${lab.directory}/state"`;

describe.skipIf(!isRoot)("a client's share of the month", () => {
  const local = useLocal({
    translator: {
      ...ours(),
      start: (topology) => ours({ more: budgetOf(topology, "monthly = 100_000_000") }).start(topology),
    },
  });
  /** Of a client in another /48. */
  const OTHER = "2001:db8:c7::1";

  it("is all that it gets today; it is told so, and others go on", async () => {
    const { client, clientIpv6, server, serverNat64, v6peer: host, translator } = local.it;
    await client.addAddress("lo", `${OTHER}/128`);
    await host.addRoute(`${OTHER}/128`, clientIpv6);
    const web = await startWebServer(server);
    const fetch = (bytes: number, from: string) => {
      const url = urlOf(serverNat64, `/bytes/${bytes}`);
      const options = ["--silent", "--show-error", "--max-time", "20", "--output", "/dev/null", "--interface", from];
      return client.run(["curl", ...options, url]);
    };
    const shown = await host.must([...V6PEER, "bandwidth", "--json", "--socket", translator.controlSocket]);
    const { share } = JSON.parse(shown).monthly;
    // With headers and acknowledgments, between 95 and 100 % of it.
    expect((await fetch(Math.round(0.91 * share.client), clientIpv6)).code).toBe(0);
    // 7: could not connect. 28 would be a timeout.
    expect(await fetch(1000, clientIpv6)).toMatchObject({ code: 7 });
    expect((await fetch(1000, OTHER)).code).toBe(0);
    expect((await translator.metrics()).get('nat64_dropped_packets_total{reason="share-used"}')).toBeGreaterThan(0);
    await web.stop();
  });
});

describe.skipIf(!isRoot)("a budget of bytes for a month", () => {
  const MONTHLY = 5_000_000;
  const local = useLocal({
    translator: {
      ...ours(),
      start: (topology) => ours({ more: budgetOf(topology, `monthly = ${MONTHLY}\nclient-share = 0`) }).start(topology),
    },
  });

  const fetch = (bytes: number) => {
    const { client, serverNat64 } = local.it;
    const url = urlOf(serverNat64, `/bytes/${bytes}`);
    return client.run(["curl", "--silent", "--show-error", "--max-time", "20", "--output", "/dev/null", url]);
  };

  const budget = async () => {
    const { v6peer: host, translator } = local.it;
    const text = await host.must([...V6PEER, "bandwidth", "--json", "--socket", translator.controlSocket]);
    return JSON.parse(text).monthly;
  };

  it("refuses new flows at once when it is nearly used up, and is remembered over a restart", async () => {
    const { server, v6peer: host, translator } = local.it;
    const web = await startWebServer(server);
    expect(await budget()).toMatchObject({ limit: MONTHLY, state: "open" });
    for (const bytes of [2_000_000, 2_600_000]) expect((await fetch(bytes)).code).toBe(0);
    const nearly = await budget();
    expect(nearly).toMatchObject({ state: "nothing-new" });
    expect(nearly.used).toBeGreaterThan(nearly.nothingNewFrom);
    // 7: could not connect. 28 would be a timeout.
    const refused = await fetch(1000);
    expect(refused).toMatchObject({ code: 7 });
    expect((await translator.metrics()).get('nat64_dropped_packets_total{reason="budget-used"}')).toBeGreaterThan(0);
    await translator.stop();
    const again = await host.start([...translator.process.argv.slice(4)]);
    await again.waitFor(/"msg":"ready"/);
    expect((await budget()).used).toBeGreaterThanOrEqual(nearly.used);
    expect((await fetch(1000)).code).toBe(7);
    await again.stop();
    await web.stop();
  });
});

describe.skipIf(!isRoot).each(["builtin", "cone"] as const)(
  "a budget of 10 Mbit/s each way, with peer exits over relay %s",
  (relay) => {
    const path = usePeerPath({ relay, v6peers: { top: 'bandwidth = "10M"' } });

    it.each(["up", "down"] as const)("is used up and kept, counted at the client's side (%s)", async (direction) => {
      const { client, server, serverNat64: target } = path.it;
      const rate = await reaches(0.9 * 10e6, async () => {
        const { bitsPerSecond } = await bulk({ client, server, target, direction, streams: 4, seconds: 6 });
        // Of a packet of 1,280 bytes, 1,208 are TCP's payload. iperf3 counts the beginning, too.
        return (bitsPerSecond * 1280) / 1208;
      });
      expect(rate / 10e6).toBeGreaterThan(0.9);
      expect(rate / 10e6).toBeLessThan(1.05);
    });

    it("says that peer exits use this host's link twice", async () => {
      const { host, controlSocket } = path.it.translator.v6peers[0];
      const text = await host.must([...V6PEER, "bandwidth", "--socket", controlSocket]);
      expect(text).toMatch(
        /^Bandwidth +10 Mbit\/s each way; traffic through peer exits crosses this host's link twice\n/,
      );
    });
  },
);

/** Bandwidth as a budget, with real packets: what goes through is counted by the interfaces of those who receive it. */
import { describe, expect, it } from "vitest";
import { V6PEER } from "../src/index.ts";
import { DOWN, UP, useBudget } from "./budget-lab.ts";
import { reaches } from "./measured.ts";
import { isRoot } from "./root.ts";

describe.skipIf(!isRoot)("a budget of 10 Mbit/s up and 20 Mbit/s down", () => {
  const { local, received, beside } = useBudget();

  const v6peer = async (...argv: readonly string[]) => {
    const { v6peer: host, translator } = local.it;
    return host.must([...V6PEER, ...argv, "--socket", translator.controlSocket]);
  };

  // UDP at twice the rate: something always waits, however busy the machine keeps its senders.
  it("is kept within 3 % over ten seconds, each way", async () => {
    const { client, server } = local.it;
    const flood = (rate: number) => ["--udp", "-P", "4", "-l", "1200", "-b", `${rate / 2}`];
    const up = await beside(flood(UP), () => reaches(0.97 * UP, () => received(server, 10)));
    // Another port: what still waits of the first flood would be taken for the beginning of the second.
    const down = await beside([...flood(DOWN), "-R"], () => reaches(0.97 * DOWN, () => received(client, 10)), 5203);
    expect(up / UP).toBeGreaterThan(0.97);
    expect(up / UP).toBeLessThan(1.03);
    expect(down / DOWN).toBeGreaterThan(0.97);
    expect(down / DOWN).toBeLessThan(1.03);
  });

  it("is used up by TCP", async () => {
    const { client, server } = local.it;
    const up = await beside(["-P", "4"], () => reaches(0.9 * UP, () => received(server, 5)));
    const down = await beside(["-P", "4", "-R"], () => reaches(0.9 * DOWN, () => received(client, 5)));
    expect(Math.min(up / UP, down / DOWN)).toBeGreaterThan(0.9);
    expect(Math.max(up / UP, down / DOWN)).toBeLessThan(1.03);
  });

  it("changes at run time, for flows that run, and back", async () => {
    const { server } = local.it;
    await beside(["-P", "4"], async () => {
      const answer = await v6peer("bandwidth", "--up", "5M", "--until-restart");
      expect(answer).toMatch(
        /5 Mbit\/s from clients, 20 Mbit\/s to clients, set by command at .* until the next start/,
      );
      await expect.poll(async () => (await received(server, 4)) / 5e6).toBeCloseTo(1, 1);
      expect(await v6peer("bandwidth", "--reset")).toMatch(/10 Mbit\/s from clients, 20 Mbit\/s to clients\n/);
      await expect.poll(async () => (await received(server, 4)) / UP).toBeCloseTo(1, 1);
    });
  });

  it("has metrics of both directions, and drops by reason", async () => {
    const metrics = await local.it.translator.metrics();
    expect(metrics.get('nat64_bandwidth_bytes_total{direction="up"}')).toBeGreaterThan(1e6);
    expect(metrics.get('nat64_bandwidth_limit_bits_per_second{direction="down"}')).toBe(DOWN);
    expect(metrics.get('nat64_dropped_packets_total{reason="queue-delay"}')).toBeGreaterThan(0);
  });
});

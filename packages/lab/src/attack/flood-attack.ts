/** Floods: an honest client before one and under it, with our translator and with kernel forwarding. */
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalTopology } from "../topology/local.ts";
import { machineCpuSeconds, processCpuSeconds } from "../traffic/usage.ts";
import type { Attack, AttackOptions, AttackResult, Column } from "./attack.ts";
import { countersOf, readCounters } from "./counters.ts";
import { Flood, type FloodPackets, type FloodRate } from "./flood.ts";
import { HonestClient, type HonestRates, PATIENCE_SECONDS } from "./honest-client.ts";
import { keptOf, limitsOfHonest } from "./kept.ts";
import { takePrecedence } from "./precedence.ts";
import { kernelWorld, type LocalWorld, ourWorld } from "./world/local-world.ts";

/** A flood from one host of a local world. */
export interface FloodAttack {
  readonly name: string;
  readonly title: string;
  /** Packets per second. */
  readonly rate: FloodRate;
  /** Who sends: on the IPv6 side, or on the IPv4 side. Default "attacker". */
  readonly sender?: "attacker" | "stranger";
  /** What it sends. Called once the honest client runs. */
  packets(world: LocalWorld): FloodPackets | Promise<FloodPackets>;
  /** More of v6peerd's configuration. */
  readonly more?: (topology: LocalTopology) => string;
  /** The share of the paced connection's rate that the client must keep. Default 0.9. */
  readonly bulkAtLeast?: number;
  /** Whether the kernel can be compared. Default: yes. */
  readonly kernel?: boolean;
  /** The honest client's traffic, if other than usual. */
  readonly honest?: HonestRates;
}

/** The time before the attack: at least this long, for a rate of few events. */
const SHORTEST_BEFORE = 2;
const LONGEST_BEFORE = 15;
/** TCP begins slowly, and the translator's code is compiled while it runs. */
const WARM_UP = 2;

/** An attack that is a flood. */
export function floodAttack(flood: FloodAttack): Attack {
  return { name: flood.name, title: flood.title, rate: flood.rate, run: (options) => run(flood, options) };
}

async function run(flood: FloodAttack, options: AttackOptions): Promise<AttackResult> {
  const columns: Column[] = [];
  for (const build of [
    ...(options.kernel && flood.kernel !== false ? [kernelWorld] : []),
    () => ourWorld(flood.more),
  ]) {
    const world = await build();
    try {
      columns.unshift(await measure(world, flood, options));
    } finally {
      world.lab.down();
    }
  }
  return { columns, limits: limitsOfHonest(columns[0].kept, flood.bulkAtLeast), notes: [] };
}

async function measure(world: LocalWorld, flood: FloodAttack, options: AttackOptions): Promise<Column> {
  const { name, client, serverNat64, translator } = world;
  const { seconds, say } = options;
  const rate = options.rate ?? flood.rate;
  const quiet = WARM_UP + Math.min(Math.max(seconds, SHORTEST_BEFORE), LONGEST_BEFORE);
  const honest = await HonestClient.start(client, serverNat64, quiet + seconds + 60, flood.honest);
  await takePrecedence(world.lab);
  say(`${name}: ${quiet} s without the attack`);
  await sleep(quiet * 1000);

  const metricsBefore = translator && (await readCounters(translator));
  const packets = await flood.packets(world);
  const cpu = (): number => (translator === undefined ? Number.NaN : processCpuSeconds(translator.process.pid));
  const from = Math.ceil(honest.age);
  await sleep((from - honest.age) * 1000);
  say(`${name}: ${seconds} s of ${rate === "max" ? "as many packets as one core sends" : `${rate} packets/s`}`);
  const [cpuBefore, machineBefore, startedAt] = [cpu(), machineCpuSeconds(), honest.age];
  const running = await Flood.start(world[flood.sender ?? "attacker"], packets, rate, seconds + 2 * PATIENCE_SECONDS);
  await takePrecedence(world.lab);
  await sleep((from + seconds - honest.age) * 1000);
  const lasted = honest.age - startedAt;
  const used = (100 * (cpu() - cpuBefore)) / lasted;
  const machine = (100 * (machineCpuSeconds() - machineBefore)) / lasted;
  const metricsAfter = translator && (await readCounters(translator));
  // What the client tried last still gets its time, under the same attack.
  await sleep(PATIENCE_SECONDS * 1000);
  const reached = await running.stop();
  const diary = await honest.stop();
  const [before, during] = [diary.window(WARM_UP, quiet), diary.window(from, from + seconds)];
  return {
    name,
    before,
    during,
    kept: keptOf(before, during),
    breaks: diary.breaks,
    reached,
    shutOutAfter: diary.shutOut(from, from + seconds) ?? null,
    cpu: Number.isNaN(used) ? null : used,
    machineCpu: machine,
    load: loadavg()[0],
    counters: metricsBefore && metricsAfter ? countersOf(metricsBefore, metricsAfter) : {},
  };
}

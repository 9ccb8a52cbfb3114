/** `npm start`: brings the lab up with v6peerd, shows what it does, and removes everything (unless `--keep`). */
import { keptRuns, removeLeftovers, removeRun } from "../netns/remove.ts";
import { type RunningLocalTopology, startLocal } from "../topology/local.ts";
import { startWebServer } from "../traffic/web.ts";
import { ours, type RunningOurs } from "../translators/ours.ts";
import { STEPS } from "./steps.ts";

const V6PEER = "node packages/v6peer-cli/bin/v6peer.js";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const indent = (text: string): string => text.replaceAll(/^/gm, "    ");

/** Returns whether every step worked. */
async function showSteps(topology: RunningLocalTopology): Promise<boolean> {
  let failed = 0;
  for (const [i, step] of STEPS.entries()) {
    say(`\n${i + 1}. ${step.title}`);
    try {
      say(indent(await step.run(topology)));
    } catch (error) {
      failed += 1;
      say(indent(`FAILED: ${reasonOf(error)}`));
    }
  }
  return failed === 0;
}

async function bringUp(): Promise<RunningLocalTopology<RunningOurs>> {
  say("Bringing the lab up: seven hosts, each a network namespace of its own.\n");
  const topology = await startLocal({ translator: ours(), routers: true });
  await startWebServer(topology.server);
  const { plan } = topology;
  say("    client ── r6a ── r6b ── v6peer ── r4a ── r4b ── server");
  say("           IPv6 alone     (v6peerd)      IPv4 alone\n");
  say(indent(`client  ${topology.clientIpv6}, no IPv4`));
  say(indent(`v6peer  translates ${plan.nat64}/96 to IPv4, from the pool ${plan.pool}`));
  say(indent(`server  ${topology.serverIpv4}, no IPv6; its NAT64 address is ${topology.serverNat64}`));
  return topology;
}

function explainKept({ lab, translator }: RunningLocalTopology<RunningOurs>): void {
  say("\nThe lab stays up. Enter a host with:");
  for (const host of lab.hosts.values()) say(indent(`ip netns exec ${host.namespace} bash`));
  say(`See what v6peerd does with:\n${indent(`${V6PEER} status --socket ${translator.controlSocket}`)}`);
  say(`Logs are in ${lab.directory}. Remove it all with:\n${indent("npm start -- --down")}`);
}

async function demo(keep: boolean): Promise<boolean> {
  const topology = await bringUp();
  const good = await showSteps(topology);
  if (keep) {
    topology.lab.keep();
    explainKept(topology);
  } else {
    topology.lab.down();
    say("\nThe lab is removed.");
  }
  say(good ? "Everything worked." : "Something failed; see above.");
  return good;
}

/** Removes what `--keep` left, and what dead runs left. */
function down(): void {
  const kept = keptRuns();
  for (const runId of kept) removeRun(runId);
  const dead = removeLeftovers();
  const count = kept.length + dead.length;
  say(count === 0 ? "There was nothing to remove." : `Removed ${count} ${count === 1 ? "lab" : "labs"}.`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const args = process.argv.slice(2);
try {
  if (args.includes("--down")) down();
  else process.exitCode = (await demo(args.includes("--keep"))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`failed: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
process.exit();

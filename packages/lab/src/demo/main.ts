/** `npm start`: brings a lab up, shows what it does, and removes everything (unless `--keep`). */
import { endOnBrokenPipe } from "../broken-pipe.ts";
import { keptRuns, removeLeftovers, removeRun } from "../netns/remove.ts";
import type { Demo, RunningDemo, Step } from "./demo.ts";
import { localDemo } from "./local.ts";
import { peerDemo } from "./peer.ts";

const DEMOS: Readonly<Record<string, Demo>> = { local: localDemo, peer: peerDemo };

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, "    ");

async function show(demo: Demo, keep: boolean): Promise<boolean> {
  say(`${demo.opening}\n`);
  const running = await demo.bringUp();
  say(indent(running.picture));
  const good = await showSteps(running.steps);
  if (keep) {
    running.lab.keep();
    explainKept(running);
  } else {
    running.lab.down();
    say("\nThe lab has been removed.");
  }
  say(good ? "Everything worked." : "Some steps failed; see above.");
  return good;
}

/** Returns whether every step worked. */
async function showSteps(steps: readonly Step[]): Promise<boolean> {
  let failed = 0;
  for (const [i, step] of steps.entries()) {
    say(`\n${i + 1}. ${step.title}`);
    try {
      say(indent(await step.run()));
    } catch (error) {
      failed += 1;
      say(indent(`FAILED: ${reasonOf(error)}`));
    }
  }
  return failed === 0;
}

function explainKept({ lab, commands }: RunningDemo): void {
  say("\nThe lab is still running. Enter a host with:");
  for (const host of lab.hosts.values()) say(indent(`ip netns exec ${host.namespace} bash`));
  for (const [what, command] of Object.entries(commands)) say(`${what}:\n${indent(command)}`);
  say(`Logs are in ${lab.directory}. Remove the lab with:\n${indent("npm start -- --down")}`);
}

/** Removes labs that `--keep` left running and leftovers of killed runs, but no labs of other checkouts. */
function down(): void {
  const kept = keptRuns();
  const ours = kept.filter(({ isOurs }) => isOurs);
  for (const { runId } of ours) removeRun(runId);
  const dead = removeLeftovers();
  const count = ours.length + dead.length;
  say(count === 0 ? "Nothing to remove." : `Removed ${count} ${count === 1 ? "lab" : "labs"}.`);
  for (const { runId, checkout } of kept.filter(({ isOurs }) => !isOurs)) {
    say(`The lab ${runId} belongs to the checkout ${checkout}; remove it there.`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

endOnBrokenPipe();
const args = process.argv.slice(2);
const which = args.find((arg) => !arg.startsWith("--")) ?? "peer";
try {
  if (args.includes("--down")) down();
  else process.exitCode = (await show(DEMOS[which], args.includes("--keep"))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`failed: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
process.exit();

/**
 * Removes everything that a run created: processes, namespaces (with their links, addresses, routes, rules) and its
 * directory. All of it is synchronous, so that it also works in an exit handler.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tryNow } from "./command.ts";
import { isRunning, sleepNow } from "./proc.ts";
import { ownerIsAlive, runIdOf } from "./run-id.ts";

/** Where each run has a directory for logs, configs and sockets. Short, since a Unix socket's path is. */
export const RUNS = "/run/nat64-lab";

const NAMESPACES = "/run/netns";
const KEEP = "keep";
const RUN_ID = /^\d+\.\d+\.\d+$/;

/** The checkout of this code, with a trailing slash. */
const CHECKOUT = fileURLToPath(new URL("../../../../", import.meta.url));

/** A run that was kept on purpose. */
export interface KeptRun {
  readonly runId: string;
  /** The checkout that created it. */
  readonly checkout: string;
  /** Whether we may remove it: created by this checkout, or by one that no longer exists. */
  readonly isOurs: boolean;
}

/** Lets a run outlive its owner. */
export function keepRun(runId: string): void {
  writeFileSync(keepFile(runId), CHECKOUT);
}

/** Ends every process in a run's namespaces, then removes the namespaces and the directory. */
export function removeRun(runId: string): void {
  const namespaces = list(NAMESPACES).filter((name) => runIdOf(name) === runId);
  endProcesses(namespaces.flatMap(processesIn));
  for (const namespace of namespaces) tryNow(["ip", "netns", "delete", namespace]);
  rmSync(`${RUNS}/${runId}`, { recursive: true, force: true });
}

/** Removes leftovers of runs whose owner is dead, except runs that were kept. Returns the ids of the removed runs. */
export function removeLeftovers(): string[] {
  const dead = allRuns().filter((runId) => !ownerIsAlive(runId) && !existsSync(keepFile(runId)));
  for (const runId of dead) removeRun(runId);
  return dead;
}

/** The runs that were kept on purpose, by any checkout. */
export function keptRuns(): KeptRun[] {
  const kept = allRuns().filter((runId) => existsSync(keepFile(runId)));
  return kept.map((runId) => {
    const checkout = readFileSync(keepFile(runId), "utf8");
    return { runId, checkout, isOurs: checkout === CHECKOUT || !existsSync(checkout) };
  });
}

/** The file that marks a run that outlives its owner; it contains the checkout. */
function keepFile(runId: string): string {
  return `${RUNS}/${runId}/${KEEP}`;
}

function allRuns(): string[] {
  const named = list(NAMESPACES).map(runIdOf);
  const withDirectory = list(RUNS).filter((name) => RUN_ID.test(name));
  return [...new Set([...named, ...withDirectory])].filter((runId) => runId !== undefined);
}

function processesIn(namespace: string): number[] {
  return tryNow(["ip", "netns", "pids", namespace]).split("\n").filter(Boolean).map(Number);
}

/** Asks them to end, waits two seconds, then kills them. */
function endProcesses(pids: readonly number[]): void {
  signal(pids, "SIGTERM");
  for (let tries = 0; tries < 100 && pids.some(isRunning); tries++) sleepNow(20);
  signal(pids.filter(isRunning), "SIGKILL");
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // it has ended meanwhile
    }
  }
}

function list(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

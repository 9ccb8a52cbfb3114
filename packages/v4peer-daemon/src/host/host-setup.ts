/**
 * Everything that changes on this host, and back: the nftables table and the forwarding switch of the way out. Addresses
 * and routes go with the TUN device. What is to be undone stands in a file before it is done, so that a run after a crash
 * can do it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { addTable, type FirewallPlan, removeTable, tableName } from "./firewall.ts";
import { runTool, ToolError } from "./tool.ts";

/** MTU of the TUN device: IPv4 packets of this size become IPv6 packets of 1280 bytes, the most that Teredo carries. */
const TUN_MTU = 1260;

/** What has to be undone, and whose it is. */
interface Leftovers {
  readonly pid: number;
  /** Start of the process in clock ticks since boot (proc(5)): tells a reused pid. */
  readonly startTime: string;
  /** Nothing is left after another boot. */
  readonly bootId: string;
  readonly table: string;
  /** Devices whose forwarding was off. */
  readonly forwarding: readonly string[];
}

export interface HostPlan extends Omit<FirewallPlan, "guarded"> {
  /** The network of the pairs' local addresses. */
  readonly network: string;
}

export class HostSetup {
  readonly #path: string;
  #done: Leftovers | undefined;

  /** @param path of the file that remembers; not there when there is nothing to undo */
  constructor(path: string) {
    this.#path = path;
  }

  /** Undoes what a crashed run has left. @returns whether there was something. Throws if that run still lives. */
  recover(): boolean {
    const left = readLeftovers(this.#path);
    if (left === undefined) return false;
    if (left.bootId === bootId()) {
      if (left.startTime !== "" && startTimeOf(left.pid) === left.startTime) {
        throw new ToolError(`another v4peer (process ${left.pid}) runs with ${this.#path}: stop it first`);
      }
      undo(left);
    }
    rmSync(this.#path, { force: true });
    return true;
  }

  /** Makes all changes, or none. @returns whether masqueraded UDP has the lifetime that we want */
  apply(plan: HostPlan): boolean {
    const guarded = plan.waysOut.filter((device) => !isForwarding(device));
    this.#done = {
      pid: process.pid,
      startTime: startTimeOf(process.pid) ?? "",
      bootId: bootId(),
      table: tableName(plan.device),
      forwarding: guarded,
    };
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o755 });
    writeFileSync(this.#path, JSON.stringify(this.#done), { mode: 0o600, flush: true });
    try {
      return change(plan, guarded);
    } catch (error) {
      // A table of the same name that was there before is not ours to remove.
      const isForeign = error instanceof ToolError && error.message.includes("already");
      this.undo(isForeign);
      throw error;
    }
  }

  /** Undoes everything. Twice does no harm. Throws what could not be undone. */
  undo(keepsTable = false): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    undo(keepsTable ? { ...done, table: "" } : done);
    rmSync(this.#path, { force: true });
  }
}

function change(plan: HostPlan, guarded: readonly string[]): boolean {
  const { device, network } = plan;
  // The guard is there before anything is forwarded.
  const hasTimeouts = addTable({ ...plan, guarded });
  writeIfThere(`net/ipv6/conf/${device}/disable_ipv6`, "1");
  writeIfThere(`net/ipv4/conf/${device}/rp_filter`, "0");
  runTool("ip", ["link", "set", "dev", device, "multicast", "off", "mtu", String(TUN_MTU), "up"]);
  runTool("ip", ["-4", "route", "add", network, "dev", device, "scope", "link"]);
  // The switches of these devices alone: with the one for all, every interface would begin to forward.
  for (const each of [device, ...guarded]) write(`net/ipv4/conf/${each}/forwarding`, "1");
  return hasTimeouts;
}

function undo({ table, forwarding }: Leftovers): void {
  for (const device of forwarding) writeIfThere(`net/ipv4/conf/${device}/forwarding`, "0");
  if (table !== "") removeTable(table);
}

function isForwarding(device: string): boolean {
  return read(`/proc/sys/net/ipv4/conf/${device}/forwarding`) === "1";
}

function write(path: string, value: string): void {
  writeFileSync(`/proc/sys/${path}`, value);
}

function writeIfThere(path: string, value: string): void {
  if (read(`/proc/sys/${path}`) !== undefined) write(path, value);
}

function readLeftovers(path: string): Leftovers | undefined {
  const text = read(path);
  if (text === undefined) return undefined;
  try {
    const left = JSON.parse(text) as Partial<Leftovers>;
    const isWhole = typeof left.table === "string" && /^v4peer_\w+$/.test(left.table) && Array.isArray(left.forwarding);
    if (isWhole) return left as Leftovers;
  } catch {
    // It was cut by the crash, before anything was changed.
  }
  return { pid: 0, startTime: "", bootId: "", table: "", forwarding: [] };
}

function bootId(): string {
  return read("/proc/sys/kernel/random/boot_id") ?? "";
}

function startTimeOf(pid: number): string | undefined {
  // The second field is the command in parentheses, which may hold anything: count from behind it.
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

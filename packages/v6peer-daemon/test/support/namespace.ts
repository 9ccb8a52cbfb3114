/** Network namespaces that a test makes itself and removes again. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";

/** Why tests that need namespaces cannot run here, or nothing. */
export const CANNOT_RUN: string | undefined =
  process.getuid?.() !== 0 ? "needs root" : spawnSync("ip", ["-V"]).error ? "needs iproute2" : undefined;

const OPTIONS: ExecFileSyncOptionsWithStringEncoding = { encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] };

/** One namespace, with `lo` up. */
export class TestNamespace {
  readonly name: string = `v6pd-${randomBytes(4).toString("hex")}`;

  constructor() {
    execFileSync("ip", ["netns", "add", this.name]);
    this.run("ip link set lo up");
  }

  /** Runs a shell command inside and returns what it printed. */
  run(command: string): string {
    return execFileSync("ip", ["netns", "exec", this.name, "sh", "-ec", command], OPTIONS);
  }

  /** Everything about the network that a daemon might change, as text to compare. */
  state(): string {
    return this.run(`
      ip -o address | sed 's/valid_lft [^ ]*//g; s/preferred_lft [^ ]*//g'
      ip -4 route show table all; ip -6 route show table all; ip rule; ip -6 rule
      nft list ruleset
      cd /proc/sys/net
      grep -s "" ipv4/ip_forward ipv4/conf/*/* ipv6/conf/*/* | sort
    `).replace(/ expires \d+sec/g, "");
  }

  /** Removes the namespace with all that is in it. */
  remove(): void {
    execFileSync("ip", ["netns", "delete", this.name]);
  }
}

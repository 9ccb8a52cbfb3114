/**
 * Sees that packets with an inner source leave only through our masquerade, also at the moment in which a firewall that is loaded
 * again has removed it. The nftables table marks packets as they come from the TUN device; a routing rule drops those without the mark,
 * and so all of them while there is no table. The mark is gone again before anybody else sees it.
 */
import type { Found, Step } from "./step.ts";
import { runTool, ToolError } from "./tool.ts";

/** The bit of the mark. */
const MARK = "0x1000000";
const OTHER_BITS = "0xfeffffff";
/** In front of all rules but the one for the addresses of this host. */
const PREFERENCE = "1";

/** What undoing a rule needs: its selectors. */
export type LeakGuardFound = readonly string[];

/** Adds the routing rule for packets of a device from an inner network. The table needs {@link leakGuardChains}. */
export function leakGuardStep(device: string, network: string): Step {
  const rule = ["pref", PREFERENCE, "iif", device, "from", network, "fwmark", `0/${MARK}`, "blackhole"];
  const add = (): void => void runTool("ip", ["-4", "rule", "add", ...rule]);
  return {
    kind: "leak-guard",
    what: `drop packets from ${network} that nothing masquerades`,
    inspect: (): LeakGuardFound => rule,
    apply: add,
    isIntact: () => rulesOf(device).includes(network.replace(/\/32$/, "")),
    mend: add,
  };
}

/** Removes the rule, if it is there. */
export function undoLeakGuard(found: Found): void {
  try {
    runTool("ip", ["-4", "rule", "del", ...(found as LeakGuardFound)]);
  } catch (error) {
    if (!(error instanceof ToolError && error.message.includes("No such file"))) throw error;
  }
}

/** The chains, as lines of the table, that mark packets of a device from inner networks, and take the mark off again. */
export function leakGuardChains(device: string, networks: readonly string[]): readonly string[] {
  return [
    "  chain mark_inner {",
    // Behind all others: some restore a mark of their own.
    "    type filter hook prerouting priority 250; policy accept;",
    ...networks.map((each) => `    iifname "${device}" ip saddr ${each} meta mark set meta mark or ${MARK}`),
    "  }",
    "  chain unmark_inner {",
    "    type filter hook forward priority -400; policy accept;",
    `    iifname "${device}" meta mark set meta mark and ${OTHER_BITS}`,
    "  }",
  ];
}

/** The inner networks for which a device has a rule. */
function rulesOf(device: string): readonly string[] {
  const rules = JSON.parse(runTool("ip", ["-j", "-4", "rule", "show", "pref", PREFERENCE])) as readonly RuleRow[];
  return rules
    .filter(({ iif, fwmask, action }) => iif === device && fwmask === MARK && action === "blackhole")
    .map(({ src, srclen }) => (srclen === undefined ? src : `${src}/${srclen}`));
}

/** One row of `ip -j rule`. */
interface RuleRow {
  readonly src: string;
  readonly srclen?: number;
  readonly iif?: string;
  readonly fwmask?: string;
  readonly action?: string;
}

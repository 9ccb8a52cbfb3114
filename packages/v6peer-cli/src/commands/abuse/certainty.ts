/** How certain the conclusions from the log are. */
import type { PortUse } from "@nat64/daemon-kit/complaints";
import type { Evidence } from "./evidence.ts";
import type { Certainty } from "./report.ts";

/** How certain it is which IPv4 peer had a selector or an address. */
export function certaintyOfPairs(evidence: Evidence | undefined, isKnownNow: boolean): Certainty {
  if (evidence?.kind === "log" && evidence.pairs.length > 0) {
    const [{ isThroughout, held }] = evidence.pairs;
    const peers = new Set(evidence.pairs.map((pair) => pair.held.peer));
    if (peers.size > 1) return { level: "unclear", because: ["more than one IPv4 peer had it within the given time"] };
    if (isThroughout && evidence.missing === 0 && held.teredo !== undefined) {
      return { level: "certain", because: ["the audit log shows the pair for the whole time"] };
    }
    return { level: "likely", because: ["the audit log shows the pair for part of the time"] };
  }
  if (!isKnownNow) {
    return { level: "unknown", because: ["neither the audit log nor a running v6peerd shows which IPv4 peer it was"] };
  }
  const because =
    "v6peerd shows which IPv4 peer has this selector now; an identity keeps its selector, but its address may have changed";
  return { level: "likely", because: [because] };
}

/**
 * How certain it is which client had the block.
 *
 * @param isComplete whether a port and a time were given
 * @param router why a router may have changed the port, if so
 */
export function certaintyOfBlocks(
  isComplete: boolean,
  evidence: Evidence | undefined,
  router: string | undefined,
): Certainty {
  if (!isComplete)
    return { level: "unknown", because: ["many clients share the address; only the port and the time identify one"] };
  if (evidence?.kind !== "log") return { level: "unknown", because: ["there is no audit log of that time"] };
  const { blocks, borrowed, missing, isCovered } = evidence;
  const gaps = missing > 0 ? [`${missing} lines of the log are missing or damaged`] : [];
  if (blocks.length === 0) {
    if (!isCovered) return { level: "unknown", because: ["the audit log does not cover that time", ...gaps] };
    const level = missing > 0 ? "unknown" : router === undefined ? "certain" : "likely";
    return { level, because: ["no client had the block of this port", ...gaps] };
  }
  if (borrowed.length > 0) {
    return {
      level: "unclear",
      because: ["no block was free, so another network also got a port of this block", ...gaps],
    };
  }
  if (blocks.length > 1) {
    return { level: "unclear", because: ["several networks had the block, one after another, within the given time"] };
  }
  const because = ["the audit log shows one network for the block of this port"];
  if (!blocks[0].isThroughout) return { level: "likely", because: [...because, "for part of the time", ...gaps] };
  if (router !== undefined || missing > 0) {
    return { level: "likely", because: [...because, ...(router === undefined ? [] : [router]), ...gaps] };
  }
  return { level: "certain", because: [...because, "for the whole time"] };
}

/** The use of a port according to the log, for the letter. @param isComplete whether a port and a time were given */
export function portUse(isComplete: boolean, evidence: Evidence | undefined): PortUse {
  if (!isComplete) return { kind: "incomplete-question" };
  if (evidence?.kind !== "log") return { kind: "no-log" };
  const used = [...evidence.blocks.map(({ held }) => held), ...evidence.borrowed];
  if (used.length > 0) return { kind: "in-use", clientIsRecorded: used.some(({ client }) => client !== undefined) };
  return evidence.isCovered && evidence.missing === 0 ? { kind: "not-in-use" } : { kind: "no-log" };
}

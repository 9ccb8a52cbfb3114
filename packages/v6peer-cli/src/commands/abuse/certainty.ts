/** How much can be relied on what the log says. */
import type { PortUse } from "@nat64/daemon-kit/complaints";
import type { Evidence } from "./evidence.ts";
import type { Certainty } from "./report.ts";

/** How sure it is which IPv4 peer had a selector or an address. */
export function certaintyOfPairs(evidence: Evidence | undefined, isKnownNow: boolean): Certainty {
  if (evidence?.kind === "log" && evidence.pairs.length > 0) {
    const [{ isThroughout, held }] = evidence.pairs;
    const peers = new Set(evidence.pairs.map((pair) => pair.held.peer));
    if (peers.size > 1) return { level: "unclear", because: ["within the time given, more than one IPv4 peer had it"] };
    if (isThroughout && evidence.missing === 0 && held.teredo !== undefined) {
      return { level: "certain", because: ["the audit log has the pair for all of the time given"] };
    }
    return { level: "likely", because: ["the audit log has the pair for a part of the time given"] };
  }
  if (!isKnownNow) {
    return { level: "unknown", because: ["neither the audit log nor a running v6peerd knows which IPv4 peer it was"] };
  }
  const because =
    "v6peerd says which IPv4 peer has this selector now; an identity keeps its selector, but its address may have changed";
  return { level: "likely", because: [because] };
}

/**
 * How sure it is which client's block it was.
 *
 * @param isComplete whether a port and a time were given
 * @param router why the port may have been changed on the way, if so
 */
export function certaintyOfBlocks(
  isComplete: boolean,
  evidence: Evidence | undefined,
  router: string | undefined,
): Certainty {
  if (!isComplete) return { level: "unknown", because: ["many share the address: only port and time tell them apart"] };
  if (evidence?.kind !== "log") return { level: "unknown", because: ["there is no audit log of that time"] };
  const { blocks, borrowed, missing, isCovered } = evidence;
  const gaps = missing > 0 ? [`${missing} lines of the log are missing or damaged`] : [];
  if (blocks.length === 0) {
    if (!isCovered) return { level: "unknown", because: ["the audit log does not cover that time", ...gaps] };
    const level = missing > 0 ? "unknown" : router === undefined ? "certain" : "likely";
    return { level, because: ["the block of this port was given to nobody", ...gaps] };
  }
  if (borrowed.length > 0) {
    return { level: "unclear", because: ["no block was free, and another network got a port of this block", ...gaps] };
  }
  if (blocks.length > 1) {
    return { level: "unclear", because: ["within the time given, the block belonged to one network after the other"] };
  }
  const because = ["the audit log has one network for the block of this port"];
  if (!blocks[0].isThroughout)
    return { level: "likely", because: [...because, "for a part of the time given", ...gaps] };
  if (router !== undefined || missing > 0) {
    return { level: "likely", because: [...because, ...(router === undefined ? [] : [router]), ...gaps] };
  }
  return { level: "certain", because: [...because, "for all of the time given"] };
}

/** What the log says of a port, for the letter. @param isComplete whether a port and a time were given */
export function portUse(isComplete: boolean, evidence: Evidence | undefined): PortUse {
  if (!isComplete) return { kind: "incomplete-question" };
  if (evidence?.kind !== "log") return { kind: "no-log" };
  const used = [...evidence.blocks.map(({ held }) => held), ...evidence.borrowed];
  if (used.length > 0) return { kind: "in-use", clientIsRecorded: used.some(({ client }) => client !== undefined) };
  return evidence.isCovered && evidence.missing === 0 ? { kind: "not-in-use" } : { kind: "no-log" };
}

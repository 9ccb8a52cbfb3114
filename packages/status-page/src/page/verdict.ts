import { findNotices, type Severity } from "../data/notices.ts";
import type { View } from "./feed.ts";

/** The overall state in a few words, and how it looks. */
export interface Verdict {
  readonly mood: "waiting" | "good" | Exclude<Severity, "info">;
  readonly short: string;
  /** For screen readers. */
  readonly sentence: string;
}

/** The overall state of what the page shows. */
export function verdictOf({ data, lost }: View): Verdict {
  if (lost !== undefined) {
    return { mood: "bad", short: "No answer", sentence: "v6peerd does not answer. This page keeps trying." };
  }
  if (data === undefined) return { mood: "waiting", short: "Loading", sentence: "" };
  const pressing = findNotices(data).filter(({ severity }) => severity !== "info");
  const [worst] = pressing;
  if (worst === undefined) return { mood: "good", short: "All systems normal", sentence: "All systems normal." };
  const short = pressing.length === 1 ? worst.title : `${pressing.length} issues`;
  return {
    mood: worst.severity === "bad" ? "bad" : "warning",
    short,
    sentence: pressing.map(({ title }) => `${title}.`).join(" "),
  };
}

import { findNotices, type Severity } from "../data/notices.ts";
import type { View } from "./feed.ts";

/** All in a few words, and how it looks. */
export interface Verdict {
  readonly mood: "waiting" | "good" | Exclude<Severity, "info">;
  readonly short: string;
  /** For who listens instead of looking. */
  readonly sentence: string;
}

/** What the page comes to. */
export function verdictOf({ data, lost }: View): Verdict {
  if (lost !== undefined) {
    return { mood: "bad", short: "No answer", sentence: "v6peerd does not answer. This page goes on trying." };
  }
  if (data === undefined) return { mood: "waiting", short: "Loading", sentence: "" };
  const pressing = findNotices(data).filter(({ severity }) => severity !== "info");
  const [worst] = pressing;
  if (worst === undefined) return { mood: "good", short: "All is well", sentence: "All is well." };
  const short = pressing.length === 1 ? worst.title : `${pressing.length} things to look at`;
  return {
    mood: worst.severity === "bad" ? "bad" : "warning",
    short,
    sentence: pressing.map(({ title }) => `${title}.`).join(" "),
  };
}

/** What `v6peer dns64 watch` says: a sentence on each line for people, an object on each line for programs. */
import { shortPeerId } from "@nat64/peer-protocol";
import type { Output } from "../../output/output.ts";
import type { Candidate } from "./candidates.ts";
import type { Published } from "./publisher.ts";
import type { Change } from "./selector.ts";

export class Journal {
  readonly #output: Output;
  readonly #isJson: boolean;

  constructor(output: Output, isJson: boolean) {
    this.#output = output;
    this.#isJson = isJson;
  }

  /** Something about a candidate has changed. */
  change({ candidate, event, reason }: Change): void {
    const { nat64Prefix: prefix, peer } = candidate;
    this.#write({ event, prefix, ...(peer !== undefined && { peer }), ...(reason !== undefined && { reason }) }, () => {
      const sentence = `${describeCandidate(candidate)} ${SENTENCES[event]}`;
      return reason === undefined ? sentence : `${sentence}: ${reason}`;
    });
  }

  /** The server was told, or could not be. */
  published(
    result: Published["result"],
    prefixes: readonly string[],
    problem: string | undefined,
    works: boolean,
  ): void {
    const all = prefixes.length === 0 ? "no prefix" : prefixes.join(", ");
    this.#write({ event: result, prefixes, works, ...(problem !== undefined && { problem }) }, () => {
      const hint = works ? "" : "; none of them works now, and taking them away would not help";
      return problem === undefined ? `${RESULTS[result]} ${all}${hint}` : `${RESULTS[result]} ${all}: ${problem}`;
    });
  }

  /** Something that somebody should know. */
  note(text: string): void {
    this.#write({ event: "note", text }, () => text);
  }

  /** Something went wrong that may be well next time. */
  problem(what: string, text: string): void {
    this.#write({ event: "problem", what, text }, () => `${what}: ${text}`);
  }

  #write(fields: object, sentence: () => string): void {
    this.#output.line(this.#isJson ? JSON.stringify({ at: new Date().toISOString(), ...fields }) : sentence());
  }
}

/** A candidate with where it comes from. */
export function describeCandidate({ nat64Prefix, origin, peer }: Candidate): string {
  return `${nat64Prefix} (${peer === undefined ? origin : `of ${shortPeerId(peer)}`})`;
}

const SENTENCES: Readonly<Record<Change["event"], string>> = {
  works: "works",
  fails: "does not work",
  left: "works no more",
  returned: "works again",
  new: "is new, and has to prove itself first",
  gone: "is no candidate any more",
};

const RESULTS: Readonly<Record<Published["result"], string>> = {
  unchanged: "The server has already",
  changed: "The server has now",
  "not-written": "The file could not be written, with",
  refused: "The server's configuration would be wrong, and the old one is back, without",
  "not-reloaded": "The file is written, but the server was not reloaded, with",
};

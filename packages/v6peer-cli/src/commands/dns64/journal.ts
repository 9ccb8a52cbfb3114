/** The output of `v6peer dns64 watch`: one sentence per line for people, one JSON object per line for programs. */
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

  /** A candidate changed. */
  change({ candidate, event, reason }: Change): void {
    const { nat64Prefix: prefix, peer } = candidate;
    this.#write({ event, prefix, ...(peer !== undefined && { peer }), ...(reason !== undefined && { reason }) }, () => {
      const sentence = `${describeCandidate(candidate)} ${SENTENCES[event]}`;
      return reason === undefined ? sentence : `${sentence}: ${reason}`;
    });
  }

  /** The server was updated, or the update failed. */
  published(
    result: Published["result"],
    prefixes: readonly string[],
    problem: string | undefined,
    works: boolean,
  ): void {
    const all = prefixes.length === 0 ? "no prefix" : prefixes.join(", ");
    this.#write({ event: result, prefixes, works, ...(problem !== undefined && { problem }) }, () => {
      const hint = works ? "" : "; none of them works at the moment, and removing them would not help";
      return problem === undefined ? `${RESULTS[result]} ${all}${hint}` : `${RESULTS[result]} ${all}: ${problem}`;
    });
  }

  /** A note for the operator. */
  note(text: string): void {
    this.#write({ event: "note", text }, () => text);
  }

  /** Something failed and will be retried. */
  problem(what: string, text: string): void {
    this.#write({ event: "problem", what, text }, () => `${what}: ${text}`);
  }

  #write(fields: object, sentence: () => string): void {
    this.#output.line(this.#isJson ? JSON.stringify({ at: new Date().toISOString(), ...fields }) : sentence());
  }
}

/** A candidate and its origin. */
export function describeCandidate({ nat64Prefix, origin, peer }: Candidate): string {
  return `${nat64Prefix} (${peer === undefined ? origin : `of ${shortPeerId(peer)}`})`;
}

const SENTENCES: Readonly<Record<Change["event"], string>> = {
  works: "works",
  fails: "does not work",
  left: "stopped working",
  returned: "works again",
  new: "is new; it will be used after enough successful probes",
  gone: "is no longer a candidate",
};

const RESULTS: Readonly<Record<Published["result"], string>> = {
  unchanged: "The server already uses",
  changed: "The server now uses",
  "not-written": "The file could not be written with",
  refused: "The check of the server's configuration failed, so the previous file was restored, without",
  "not-reloaded": "The file was written, but the server could not be reloaded with",
};

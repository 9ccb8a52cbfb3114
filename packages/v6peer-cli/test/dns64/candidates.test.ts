import type { SharedPrefix } from "@nat64/peer-protocol";
import { describe, expect, it } from "vitest";
import { findCandidates } from "../../src/commands/dns64/candidates.ts";
import { rememberedLines } from "../../src/commands/dns64/memory.ts";

const [ANNA, BERT, STRANGER] = ["a", "b", "c"].map((letter) => letter.repeat(32));
const shared = (peer: string, prefix: string): SharedPrefix => ({
  peer,
  prefix,
  health: "up",
  exits: 1,
  abuse: "a@b.c",
});
const LIST = [shared(STRANGER, "2001:db8:1::/80"), shared(ANNA, "2001:db8:2::/80"), shared(BERT, "2001:db8:3::/80")];
const prefixesOf = (sources: Partial<Parameters<typeof findCandidates>[0]>) =>
  findCandidates({ own: undefined, named: [], trusted: [], list: LIST, ...sources });

describe("candidates for a DNS64", () => {
  it("are never taken for being in the list", () => {
    expect(prefixesOf({}).candidates).toEqual([]);
    const { candidates } = prefixesOf({ own: "2001:db8:64::/80", trusted: [{ peer: BERT }] });
    expect(candidates.map(({ nat64Prefix }) => nat64Prefix)).toEqual(["2001:db8:64::/96", "2001:db8:3::/96"]);
  });

  it("are the own prefix, then those named, then those of who is trusted in that order", () => {
    const trusted = [{ peer: BERT }, { peer: ANNA }];
    const { candidates } = prefixesOf({ own: "2001:db8:64::/80", named: ["64:ff9b::/96"], trusted });
    expect(candidates.map(({ nat64Prefix, origin }) => `${origin} ${nat64Prefix}`)).toEqual([
      "own 2001:db8:64::/96",
      "named 64:ff9b::/96",
      "trusted 2001:db8:3::/96",
      "trusted 2001:db8:2::/96",
    ]);
    expect(candidates[0].self).toBe("2001:db8:64::ffff:0:1");
  });

  it("have the prefix that was configured, whatever the list says", () => {
    const { candidates, notes } = prefixesOf({ trusted: [{ peer: ANNA, prefix: "2001:db8:9::/80" }] });
    expect(candidates).toMatchObject([{ nat64Prefix: "2001:db8:9::/96" }]);
    expect(notes.join()).toContain("is configured; the configured one is used");
    expect(rememberedLines(candidates)).toEqual([]);
  });

  it("are there once each", () => {
    const trusted = [{ peer: ANNA }, { peer: BERT, prefix: "2001:db8:2::/80" }];
    const { candidates, notes } = prefixesOf({ own: "2001:db8:2::/80", trusted });
    expect(candidates).toHaveLength(1);
    expect(notes.filter((note) => note.endsWith("is a duplicate"))).toHaveLength(2);
  });

  it("are remembered for when there is no list, and only then", () => {
    const remembered = new Map([[ANNA, "2001:db8:5::/80"]]);
    const trusted = [{ peer: ANNA }];
    const without = prefixesOf({ trusted, list: undefined, remembered }).candidates;
    expect(without).toMatchObject([{ nat64Prefix: "2001:db8:5::/96", learned: "2001:db8:5::/80" }]);
    expect(prefixesOf({ trusted, remembered }).candidates).toMatchObject([{ nat64Prefix: "2001:db8:2::/96" }]);
    const gone = prefixesOf({ trusted, list: [], remembered });
    expect(gone.candidates).toEqual([]);
    expect(gone.notes.join()).toContain("its prefix is not in the list");
    // Who is not trusted any more is not, remembered or not.
    expect(prefixesOf({ trusted: [], list: undefined, remembered }).candidates).toEqual([]);
  });
});

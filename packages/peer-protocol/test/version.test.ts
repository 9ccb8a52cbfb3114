import { describe, expect, it } from "vitest";
import { ALPN_PROTOCOL, chooseVersion, VERSIONS } from "../src/index.ts";

describe("the version of a connection", () => {
  it.each([
    [{ lowest: 1, highest: 1 }, { lowest: 1, highest: 1 }, 1],
    [{ lowest: 1, highest: 3 }, { lowest: 2, highest: 5 }, 3],
    [{ lowest: 2, highest: 5 }, { lowest: 1, highest: 3 }, 3],
    [{ lowest: 1, highest: 1 }, { lowest: 1, highest: 9 }, 1],
    [{ lowest: 1, highest: 2 }, { lowest: 3, highest: 4 }, undefined],
    [{ lowest: 3, highest: 4 }, { lowest: 1, highest: 2 }, undefined],
  ])("of %j and %j is %j", (ours, theirs, version) => {
    expect(chooseVersion(ours, theirs)).toBe(version);
  });

  it("is one that this package speaks with itself", () => {
    expect(chooseVersion(VERSIONS, VERSIONS)).toBe(VERSIONS.highest);
    expect(ALPN_PROTOCOL).toBe("nat64-peer/1");
  });
});

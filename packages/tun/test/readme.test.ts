import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canUseTun, runScenario } from "./support/namespace.ts";

describe.skipIf(!canUseTun)("the example of the README (needs root)", () => {
  it("answers pings", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const example = /```js\n(.*?)```/s.exec(readme)?.[1];
    expect(runScenario("readme-example", example ?? "")).toEqual({ transmitted: 3, received: 3 });
  });
});

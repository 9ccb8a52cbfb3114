import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { explain } from "../src/index.ts";
import { v6peer } from "./support/run.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const EXAMPLES = [...README.matchAll(/```console\n\$ v6peer (explain .*)\n((?:.*\n)+?)```/g)];

it("has examples of explain", () => {
  expect(EXAMPLES).toHaveLength(2);
});

it.each(EXAMPLES.map(([, command, output]) => [command, output]))(
  "prints what the README says: %s",
  (command, output) => {
    const run = v6peer(...command.split(" "), "--config", "/nonexistent");
    expect(run).toEqual({ code: 0, stdout: output, stderr: "" });
  },
);

it("does what the README's JavaScript says", () => {
  expect(README).toContain('explain("64:ff9b::808:808", [])');
  expect(explain("64:ff9b::808:808", []).embeddings?.[0].ipv4?.address).toBe("8.8.8.8");
});

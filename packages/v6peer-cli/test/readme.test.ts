import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { explain } from "../src/index.ts";
import { v6peer } from "./support/run.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const EXAMPLES = [...README.matchAll(/```console\n\$ v6peer (explain .*)\n((?:.*\n)+?)```/g)];

const DIRECTORY = mkdtempSync(join(tmpdir(), "v6pc-"));
const CONFIG = join(DIRECTORY, "v6peer.toml");

beforeAll(() => {
  const socket = join(DIRECTORY, "control.sock");
  writeFileSync(
    CONFIG,
    `prefix = "2001:db8:ffff::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n[control]\nsocket = "${socket}"\n`,
  );
});
afterAll(() => rmSync(DIRECTORY, { recursive: true }));

it("has examples of explain", () => {
  expect(EXAMPLES).toHaveLength(2);
});

it.each(EXAMPLES.map(([, command, output]) => [command, output]))(
  "prints what the README says: %s",
  (command, output) => {
    // A configuration of no daemon, so that none of this machine has a say.
    const run = v6peer(...command.split(" "), "--config", CONFIG);
    expect(run).toEqual({ code: 0, stdout: output, stderr: "" });
  },
);

it("does what the README's JavaScript says", () => {
  expect(README).toContain('explain("64:ff9b::808:808", [])');
  expect(explain("64:ff9b::808:808", []).embeddings?.[0].ipv4?.address).toBe("8.8.8.8");
});

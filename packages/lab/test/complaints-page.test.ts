/** docs/complaints.md shows what the commands print, out of the audit logs that it shows. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { V4PEER, V6PEER } from "../src/index.ts";

const PAGE = readFileSync(new URL("../../../docs/complaints.md", import.meta.url), "utf8");
const LOGS = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text);
/** "head": the page shows what is above the letter. */
const EXAMPLES = [...PAGE.matchAll(/<!-- (v4|v6)( head)? -->\n\n```console\n\$ (.+?)\n(.*?)```/gs)].map(
  ([, peer, head, command, shown]) => ({ peer, isHead: head !== undefined, command, shown }),
);

describe("the page about complaints", () => {
  const directory = mkdtempSync(join(tmpdir(), "complaints-page-"));
  const config = (name: string) => join(directory, `${name}.toml`);
  afterAll(() => rmSync(directory, { recursive: true }));

  beforeAll(() => {
    ["v6", "v4"].forEach((name, i) => {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, "audit-2025-03-14.jsonl"), LOGS[i]);
    });
    const common = (name: string) => `[audit-log]
enabled = true
directory = "${join(directory, name)}"
[control]
socket = "${join(directory, "none.sock")}"
[complaints]
terms = "https://example.net/terms"
[coordinator]
host = "coordinator.example.net"
`;
    const local = '[local-exit]\nmode = "pool"\npool = ["192.0.2.64/28"]';
    const top = `prefix = "2001:db8:64::/80"\nlab = true\n${common("v6")}`;
    writeFileSync(config("v6"), `${top}abuse = "abuse@example.net"\n[peer-exits]\n${local}\n`);
    writeFileSync(config("v4"), common("v4"));
  });

  it("has an example for each kind", () => {
    expect(EXAMPLES.map(({ peer }) => peer)).toEqual(["v6", "v6", "v6", "v4", "v6"]);
  });

  it.each(EXAMPLES)("$command prints what the page shows", ({ peer, isHead, command, shown }) => {
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
    const [program, ...rest] = peer === "v4" ? V4PEER : V6PEER;
    const args = [...rest, ...words.slice(1), "--config", config(peer)];
    const printed = execFileSync(program, args, { encoding: "utf8" });
    const [head] = printed.split("\nSubject: ");
    expect(shown).toBe(isHead ? head : printed);
  });
});

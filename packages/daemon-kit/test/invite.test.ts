import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { INVITE_VARIABLE, inviteOf, inviteOption } from "../src/command-line/index.ts";

const directory = mkdtempSync(join(tmpdir(), "invite-"));
afterAll(() => rmSync(directory, { recursive: true }));

const parse = (...args: string[]) => {
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addOption(inviteOption());
  return command.parse(args, { from: "user" }).opts<{ inviteFile?: string }>();
};

test("an invite comes from a file or from the environment, never from the command line", () => {
  const file = join(directory, "invite");
  writeFileSync(file, "spring-2031-fQ8n\n");
  const environment = { [INVITE_VARIABLE]: "autumn" };
  expect(inviteOf(parse("--invite-file", file), environment)).toBe("spring-2031-fQ8n");
  expect(inviteOf(parse(), environment)).toBe("autumn");
  expect(inviteOf(parse(), {})).toBeUndefined();
  expect(() => parse("--invite", "secret")).toThrow(/unknown option/);
  expect(() => parse("--invite-file", join(directory, "nothing"))).toThrow(/no such file/);
});

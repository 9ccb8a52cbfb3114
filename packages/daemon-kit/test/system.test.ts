import { lookup } from "node:dns/promises";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { explainFailure } from "../src/command-line/index.ts";
import { explainError } from "../src/system/index.ts";

const directory = mkdtempSync(join(tmpdir(), "daemon-kit-"));
afterAll(() => rmSync(directory, { recursive: true }));

async function errorOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

const once = (start: (fail: (error: Error) => void) => void) =>
  new Promise<never>((_, reject) => {
    start(reject);
  });

it("errors about files name the file and say what is wrong", async () => {
  const missing = join(directory, "missing");
  expect(explainError(await errorOf(() => readFileSync(missing)))).toBe(`${missing}: there is no such file (ENOENT)`);
  // Reading a directory fails once it is open, without its name.
  expect(explainError(await errorOf(() => writeFileSync(directory, "")))).toBe(
    `${directory}: it is a directory (EISDIR)`,
  );
  const file = join(directory, "file");
  writeFileSync(file, "");
  const below = join(file, "below");
  expect(explainError(await errorOf(() => readFileSync(below)))).toBe(
    `${below}: a part of its path is not a directory (ENOTDIR)`,
  );
});

it("errors about the network name the other side and say what to check", async () => {
  const refused = once((fail) => connect({ host: "127.0.0.1", port: 1 }).on("error", fail));
  expect(explainError(await errorOf(() => refused))).toBe(
    "nothing listens at 127.0.0.1:1; check address and port, and that the program there is running (ECONNREFUSED)",
  );
  const foreign = once((fail) => createServer().on("error", fail).listen({ host: "192.0.2.1", port: 9999 }));
  expect(explainError(await errorOf(() => foreign))).toBe(
    "192.0.2.1:9999 is not an address of this host (EADDRNOTAVAIL)",
  );
  expect(explainError(await errorOf(() => lookup("nothing.invalid")))).toMatch(
    /^the name "nothing.invalid" .*\((ENOTFOUND|EAI_AGAIN)\)$/,
  );
});

it("other errors keep their message", () => {
  expect(explainError(new Error("a sentence"))).toBe("a sentence");
  expect(explainError("text")).toBe("text");
});

it("a program that such an error ends has exit code 71 and no stack trace", async () => {
  const missing = join(directory, "missing");
  expect(explainFailure(await errorOf(() => readFileSync(missing)))).toEqual({
    code: 71,
    message: `${missing}: there is no such file (ENOENT)`,
  });
});

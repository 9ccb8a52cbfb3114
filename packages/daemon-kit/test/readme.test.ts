import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("the example prints what its comment says", () => {
  const [, code] = /```js\n(.*?)```/s.exec(README) as RegExpExecArray;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
  });
  expect(code.trimEnd().split("\n").at(-1)).toBe(`// ${said.trimEnd()}`);
});

import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

const MODULE = new URL("../dist/thread/inline-more.js", import.meta.url);

/** Has one small function optimized that calls forty others, and prints how many of them were inlined. */
const PROGRAM = `
  import { inlineMore } from "${MODULE}";
  if (process.argv[1] === "more") inlineMore();
  const calls = Array.from({ length: 40 }, (_, i) => \`function f\${i}(x) {
    let y = x + \${i} | 0; y = y ^ (y >>> 3); y = Math.imul(y, 31) + (y << 2) | 0; y ^= y >>> 7; return y + x | 0; }\`);
  const sum = Array.from({ length: 40 }, (_, i) => \`f\${i}(x)\`).join("+");
  const all = new Function(calls.join("\\n") + "; return function all(x) { return " + sum + " | 0; }")();
  let total = 0;
  for (let i = 0; i < 300000; i++) total = (total + all(i)) | 0;
  console.log("total", total);`;

function inlined(...more: string[]): number {
  const args = ["--trace-turbo-inlining", "--no-concurrent-recompilation", "--input-type=module", "-e", PROGRAM];
  const printed = execFileSync(process.execPath, [...args, ...more], { encoding: "utf8", maxBuffer: 2 ** 26 });
  return printed.split("\n").filter((line) => line.startsWith("Inlining ")).length;
}

it("lets V8 inline more into one function than it does by itself", () => {
  expect(inlined("more")).toBeGreaterThan(inlined());
});

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { keptRuns, Lab } from "../src/index.ts";
import { run } from "../src/netns/command.ts";
import { runIdOf } from "../src/netns/run-id.ts";
import { isRoot } from "./root.ts";

const program = (name: string): string => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));
const script = (name: string): string => fileURLToPath(new URL(`../../../scripts/${name}`, import.meta.url));
/** Tells the number of the process that becomes the demo, on standard error. */
const TELL_PID = 'echo "pid $$" >&2; exec "$@"';
const node = (name: string, ...args: string[]) =>
  run(["sh", "-c", TELL_PID, "sh", process.execPath, program(name), ...args], { timeout: 110_000 });
const namespaces = (): string[] => (existsSync("/run/netns") ? readdirSync("/run/netns") : []);
/** Namespaces of labs that the process owns whose number this output tells. Others have labs of their own at the same time. */
const leftBy = (stderr: string): string[] => {
  const [, pid] = /^pid (\d+)$/m.exec(stderr) as RegExpExecArray;
  return namespaces().filter((name) => runIdOf(name)?.startsWith(`${pid}.`));
};

describe.skipIf(!isRoot)("the demo", () => {
  it("shows a packet's journey over the peer path and six more steps that work", async () => {
    const { code, stdout, stderr } = await node("demo/main.js");
    expect(stdout).toMatch(/^ +v6peer1 → r6 +2001:db8:64::[\da-f]+:c633:6402 +2001:0:c000:222:\S+ +\d+ → 80$/m);
    expect(stdout).toMatch(/^ +nat1 → v4peer1 +the same, in UDP 192.0.2.45:3545 → 192.168.1.10:40001$/m);
    expect(stdout).toMatch(/^7\. .*\n +[\d.]+ GB in 3 s: [\d.]+ Gbit\/s$/m);
    expect(stdout).toContain("Everything worked.");
    expect(code).toBe(0);
    expect(leftBy(stderr)).toEqual([]);
  });
});

describe.skipIf(!isRoot)("the demo of the local exit", () => {
  it("shows five steps that work, and leaves nothing behind", async () => {
    const { code, stdout, stderr } = await node("demo/main.js", "local");
    expect(stdout).toMatch(/^5\. .*\n +[\d.]+ GB in 3 s: [\d.]+ Gbit\/s$/m);
    expect(stdout).toContain("(10.64.0.2)");
    expect(stdout).toContain("Everything worked.");
    expect(code).toBe(0);
    expect(leftBy(stderr)).toEqual([]);
  });

  it("leaves the lab up with --keep, and --down removes it", async ({ skip }) => {
    skip(
      keptRuns().some(({ isOurs }) => isOurs),
      "--down would remove a lab that somebody keeps",
    );
    const { stdout } = await node("demo/main.js", "local", "--keep");
    const client = /ip netns exec (n64-\S+-client) bash/.exec(stdout)?.[1] as string;
    const url = /http:\/\/\S+/.exec(stdout)?.[0] as string;
    const page = await run(["ip", "netns", "exec", client, "curl", "-sS", "--max-time", "5", url]);
    expect(page.stdout).toContain("Hello");
    expect((await node("demo/main.js", "--down")).stdout).toMatch(/Removed \d+ labs?\./);
    expect(namespaces()).not.toContain(client);
  });

  it("ends silently when its reader is gone, and leaves nothing behind", async () => {
    const demo = `'${process.execPath}' '${program("demo/main.js")}' local`;
    const line = `(echo "pid $BASHPID" >&2; exec ${demo}) | head -1; echo "code ${"$"}{PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run(["bash", "-c", line]);
    expect(stdout).toMatch(/^.+\ncode 141\n$/);
    expect(stderr).toMatch(/^pid \d+\n$/);
    expect(leftBy(stderr)).toEqual([]);
  });
});

// Beside the demo because "--down" removes every lab that this checkout keeps.
describe.skipIf(!isRoot)("a lab", () => {
  it("that was kept is ours only if this checkout, or one that is gone, has kept it", () => {
    const lab = Lab.create();
    onTestFinished(() => lab.down());
    const found = () => keptRuns().find(({ runId }) => runId === lab.runId);
    expect(found()).toBeUndefined();
    lab.keep();
    expect(found()?.isOurs).toBe(true);
    writeFileSync(`${lab.directory}/keep`, tmpdir());
    expect(found()).toEqual({ runId: lab.runId, checkout: tmpdir(), isOurs: false });
    writeFileSync(`${lab.directory}/keep`, `${lab.directory}/gone/`);
    expect(found()?.isOurs).toBe(true);
  });
});

describe("npm start", () => {
  it.each([[["--kep"]], [["--keep", "--down"]]])(
    "refuses %j with exit code 2 before it installs anything",
    async (args) => {
      const { code, stdout, stderr } = await run([process.execPath, script("start.mjs"), ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(args[0]);
      expect(stderr).not.toContain("==>");
    },
  );
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Lab, removeLeftovers } from "../src/index.ts";
import { isRunning } from "../src/netns/proc.ts";
import { isRoot } from "./root.ts";

const OWNER = fileURLToPath(new URL("lab-owner.mjs", import.meta.url));
const namespaces = (): string[] => (existsSync("/run/netns") ? readdirSync("/run/netns") : []);
const namespacesOf = (runId: string): string[] => namespaces().filter((name) => name.includes(`-${runId}-`));

/** Starts another process that owns a lab with one host and a program in it. */
async function startOwner(): Promise<{ owner: ReturnType<typeof spawn>; runId: string; program: number }> {
  const owner = spawn(process.execPath, [OWNER], { stdio: ["ignore", "pipe", "pipe"] });
  const [line] = await once(owner.stdout, "data");
  return { owner, ...JSON.parse(line.toString()) };
}

describe.skipIf(!isRoot)("a lab", () => {
  const labs: Lab[] = [];
  const create = (): Lab => {
    const lab = Lab.create();
    labs.push(lab);
    return lab;
  };
  afterEach(() => {
    for (const lab of labs.splice(0)) lab.down();
  });

  it("carries packets of both families between two linked hosts at once", async () => {
    const lab = create();
    const [a, b] = [await lab.host("a"), await lab.host("b")];
    await lab.link(
      { host: a, addresses: ["192.0.2.1/24", "2001:db8::1/64"] },
      { host: b, addresses: ["192.0.2.2/24", "2001:db8::2/64"] },
    );
    await lab.ready();
    for (const address of ["192.0.2.2", "2001:db8::2"]) {
      expect((await a.run(["ping", "-c", "1", "-W", "5", address])).code).toBe(0);
    }
    expect((await b.counters("to-a")).receivedPackets).toBeGreaterThan(1);
  });

  it("has no way out", async () => {
    const host = await create().host("alone");
    for (const address of ["93.184.216.34", "2606:2800:220:1::1"]) {
      expect((await host.run(["ping", "-c", "1", "-W", "1", address])).stderr).toMatch(/unreachable/);
    }
  });

  it("returns the exit code and the output of a program in a host", async () => {
    const host = await create().host("a");
    const outcome = await host.run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(outcome).toMatchObject({ code: 3, stdout: "out\n", stderr: "err\n" });
    await expect(host.must(["sh", "-c", "echo why >&2; exit 3"])).rejects.toThrow(/exit code 3: why/);
  });

  it("waits for the output of a program, and reports the output if it ends first", async () => {
    const host = await create().host("a");
    const good = await host.start(["sh", "-c", "echo ready; exec sleep 60"]);
    await good.waitFor(/ready/);
    expect(good.running).toBe(true);
    const bad = await host.start(["sh", "-c", "echo no such file >&2; exit 1"]);
    await expect(bad.waitFor(/ready/)).rejects.toThrow(/exit code 1 before.*no such file/s);
  });

  it("leaves no namespace, process or directory behind when it is taken down", async () => {
    const lab = create();
    const host = await lab.host("a");
    const sleeper = await host.start(["sleep", "60"]);
    lab.down();
    expect(isRunning(sleeper.pid)).toBe(false);
    expect(namespacesOf(lab.runId)).toEqual([]);
    expect(existsSync(lab.directory)).toBe(false);
  });

  it("is removed when its owner is interrupted", async () => {
    const { owner, runId, program } = await startOwner();
    let said = "";
    owner.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    owner.kill("SIGINT");
    const [code] = await once(owner, "close");
    expect(said).toBe("\ninterrupted; the lab has been removed\n");
    expect(code).toBe(130);
    expect(isRunning(program)).toBe(false);
    expect(namespacesOf(runId)).toEqual([]);
  });

  it("is removed as a leftover once its owner was killed, while another live lab stays", async () => {
    const [dead, alive] = [await startOwner(), await startOwner()];
    dead.owner.kill("SIGKILL");
    await once(dead.owner, "exit");

    // A lab that another process makes at this moment removes leftovers, too; so only what is left is looked at.
    removeLeftovers();
    await expect.poll(() => [isRunning(dead.program), namespacesOf(dead.runId)]).toEqual([false, []]);
    expect(isRunning(alive.program)).toBe(true);
    expect(namespacesOf(alive.runId)).toHaveLength(1);

    alive.owner.kill("SIGTERM");
    await once(alive.owner, "exit");
    expect(namespacesOf(alive.runId)).toEqual([]);
  });
});

/** The life of a daemon: in a process of its own, for signals and exit codes are a process's. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { versionOf } from "../src/program/index.ts";

const KIT = new URL("../dist/program/index.js", import.meta.url).href;

/** Runs a daemon that is made from these lines of an object, and sends it signals as it logs what is named. */
async function life(members: string, signals: Readonly<Record<string, NodeJS.Signals>> = {}) {
  const script = `import { createLog, Reloads, runDaemon } from ${JSON.stringify(KIT)};
    const log = createLog("debug");
    const stay = setInterval(() => {}, 1000);
    const daemon = {
      summary: { what: "a test" },
      reloads: new Reloads(async () => ({ applied: ["key"], needsRestart: [] }), log),
      start: async () => ({ ended: new Promise(() => {}) }),
      stop: async () => { log.info("stop"); clearInterval(stay); },
      undoSetup: () => log.info("undo"),
      lookAlive: async () => "",
      ${members}
    };
    process.exitCode = await runDaemon(daemon, log, (_, text) => log.info(text.split("\\n")[0]));
    clearInterval(stay);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { msg } = JSON.parse(line) as { msg: string };
    said.push(msg);
    if (signals[msg] !== undefined) child.kill(signals[msg]);
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

it.each(["SIGTERM", "SIGINT"] as const)("%s ends it in order, with 0", async (signal) => {
  const said = ["ready", "stopping", "stop", "stopped; the host is as it was"];
  expect(await life("", { ready: signal })).toEqual({ code: 0, said });
});

it("an end that was asked for is one, too", async () => {
  const { code, said } = await life('start: async () => ({ ended: Promise.resolve("drained") }),');
  expect({ code, said: said.slice(0, 2) }).toEqual({ code: 0, said: ["ready", "stopping"] });
});

it("a data path that fails is 70, and everything is stopped", async () => {
  const { code, said } = await life('start: async () => ({ ended: Promise.resolve(new Error("broken")) }),');
  expect(code).toBe(70);
  expect(said.slice(1)).toEqual(["failed; stopping", "stop", "stopped; the host is as it was"]);
});

it("two signals do not hide that the data path failed", async () => {
  const start = 'start: async () => ({ ended: Promise.resolve(new Error("broken")) }),';
  const stop = `stop: async () => {
    log.info("first");
    setTimeout(() => log.info("second"), 100);
    await new Promise(() => {});
  },`;
  const { code, said } = await life(`${start} ${stop}`, { first: "SIGTERM", second: "SIGTERM" });
  expect({ code, last: said.at(-1) }).toEqual({ code: 70, last: "undo" });
});

it("two signals do not hide that the host refused something", async () => {
  const start = `start: async () => {
    process.kill(process.pid, "SIGTERM");
    process.kill(process.pid, "SIGTERM");
    await new Promise((done) => setTimeout(done, 300));
    throw new Error("no");
  },`;
  const { code, said } = await life(start, {});
  expect({ code, said }).toEqual({ code: 71, said: ["could not start; what was set up is undone"] });
});

it("a daemon that changes nothing on the host does not say that it is as it was", async () => {
  expect((await life("undoSetup: undefined,", { ready: "SIGTERM" })).said.at(-1)).toBe("stopped");
});

it("a host that refuses something is 71", async () => {
  const { code, said } = await life('start: async () => { throw new Error("no"); },');
  expect({ code, said }).toEqual({ code: 71, said: ["could not start; what was set up is undone"] });
});

it("what nobody caught is 70, and the set-up is undone", async () => {
  const { code, said } = await life(
    'start: async () => { setTimeout(() => { throw new Error("oh"); }); return { ended: new Promise(() => {}) }; },',
  );
  expect(code).toBe(70);
  expect(said.slice(-2)).toEqual(["unexpected error; undoing the set-up", "undo"]);
});

it("a promise that nobody caught is 70, and the set-up is undone", async () => {
  const { code, said } = await life(
    'start: async () => { setTimeout(() => void Promise.reject(new Error("oh"))); return { ended: new Promise(() => {}) }; },',
  );
  expect(code).toBe(70);
  expect(said.slice(-2)).toEqual(["unexpected error in the background; undoing the set-up", "undo"]);
});

it("SIGHUP reloads the configuration", async () => {
  const { code, said } = await life("", { ready: "SIGHUP", "configuration reloaded": "SIGTERM" });
  expect(code).toBe(0);
  expect(said.slice(0, 3)).toEqual(["ready", "configuration reloaded", "stopping"]);
});

it("a reload that is refused does no harm", async () => {
  const reloads = 'new Reloads(async () => { throw new Error("bad file"); }, log)';
  const { code, said } = await life(`reloads: ${reloads},`, {
    ready: "SIGHUP",
    "new configuration refused, the old one stays": "SIGTERM",
  });
  expect(code).toBe(0);
  expect(said.slice(0, 3)).toEqual(["ready", "new configuration refused, the old one stays", "stopping"]);
});

it("SIGHUP before it has started is ignored", async () => {
  const start =
    'log.info("starting"); await new Promise((done) => setTimeout(done, 300)); setTimeout(() => log.info("up"), 50);';
  const { code, said } = await life(`start: async () => { ${start} return { ended: new Promise(() => {}) }; },`, {
    starting: "SIGHUP",
    up: "SIGTERM",
  });
  expect({ code, said: said.slice(0, 4) }).toEqual({ code: 0, said: ["starting", "ready", "up", "stopping"] });
});

it("a second signal tells the daemon not to wait", async () => {
  const stop =
    'async (forceStop) => { log.info("waiting"); await new Promise((done) => forceStop.addEventListener("abort", done)); }';
  const { code, said } = await life(`stop: ${stop},`, { ready: "SIGTERM", waiting: "SIGINT" });
  expect({ code, said }).toEqual({
    code: 0,
    said: ["ready", "stopping", "waiting", "stopped; the host is as it was"],
  });
});

it("a second signal ends a daemon that waits all the same, and the set-up is undone", async () => {
  const stop = 'async () => { log.info("waiting"); await new Promise(() => {}); }';
  const { code, said } = await life(`stop: ${stop},`, { ready: "SIGTERM", waiting: "SIGTERM" });
  expect({ code, said }).toEqual({
    code: 0,
    said: ["ready", "stopping", "waiting", "ending at once; the set-up is undone", "undo"],
  });
});

it("the version is that of the package", () => {
  expect(versionOf(new URL("../src/index.ts", import.meta.url).href)).toMatch(/^\d+\.\d+\.\d+$/);
});

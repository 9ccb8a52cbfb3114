import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Thread } from "../src/thread/index.ts";

const KIT = new URL("../dist/thread/index.js", import.meta.url);

/** Blocks as a data path does, on a word that a wake-up changes, and hears the main thread between two waits. */
const SCRIPT = `
  import { MainThread, startOptions } from "${KIT}";
  const { word, isBroken } = startOptions();
  if (isBroken) throw new Error("cannot begin");
  const cell = new Int32Array(word);
  const main = new MainThread(({ type, text }, now) => {
    if (type === "echo") return text;
    if (type === "time") return now;
    if (type === "fail") throw new Error(text);
    if (type === "note") main.note({ type: "heard", text });
    if (type === "die") throw new Error("died");
    if (type === "sleep") Atomics.wait(cell, 0, 0);
  });
  main.ready();
  do {
    Atomics.wait(cell, 0, 0);
    Atomics.store(cell, 0, 0);
  } while (main.receiveMessages(42));
  main.close();`;

const directory = mkdtempSync(join(tmpdir(), "daemon-kit-"));
const script = pathToFileURL(join(directory, "worker.mjs"));
writeFileSync(script, SCRIPT);
afterAll(() => rmSync(directory, { recursive: true }));

interface Note {
  readonly type: "heard";
  readonly text: string;
}

let thread: Thread<Note> | undefined;
const notes: string[] = [];
afterEach(async () => {
  await thread?.stop();
  thread = undefined;
  notes.length = 0;
});

async function start(more: object = {}) {
  const word = new SharedArrayBuffer(4);
  const cell = new Int32Array(word);
  let isClosed = false;
  const wakeUp = {
    notify: () => {
      Atomics.store(cell, 0, 1);
      Atomics.notify(cell, 0);
    },
    close: () => {
      isClosed = true;
    },
  };
  const onNote = ({ text }: Note) => notes.push(text);
  thread = await Thread.start<Note>({
    script,
    name: "test",
    options: { word, ...more },
    wakeUp,
    startTimeout: 10_000,
    onNote,
  });
  return { thread, isClosed: () => isClosed };
}

describe("a thread that blocks", () => {
  it("answers each question, and says what it has to say", async () => {
    const { thread } = await start();
    const questions = ["a", "b", "c"].map((text) => thread.ask({ type: "echo", text }));
    thread.tell({ type: "note", text: "by the way" });
    expect(await Promise.all(questions)).toEqual(["a", "b", "c"]);
    await expect(thread.ask({ type: "fail", text: "will not" })).rejects.toThrow("will not");
    expect(await thread.ask({ type: "time" })).toBe(42);
    expect(notes).toEqual(["by the way"]);
  });

  it("ends when it is told to, takes its wake-up along, and answers nothing more", async () => {
    const { thread, isClosed } = await start();
    await thread.stop();
    await thread.stop();
    expect(await thread.ended).toBeUndefined();
    expect(isClosed()).toBe(true);
    thread.tell({ type: "note", text: "too late" });
    await expect(thread.ask({ type: "echo", text: "too late" })).rejects.toThrow("the test has stopped");
  });

  it("that dies is told with its error, to those who wait, too", async () => {
    const { thread } = await start();
    thread.tell({ type: "die" });
    const waiting = thread.ask({ type: "echo", text: "too late" });
    await expect(waiting).rejects.toThrow("died");
    expect((await thread.ended)?.message).toBe("died");
  });

  it("that does not answer is said to be silent", async () => {
    const { thread } = await start();
    await expect(thread.ask({ type: "sleep" }, 20)).rejects.toThrow("the test did not answer within 0.02");
  });

  it("that cannot begin rejects the start", async () => {
    await expect(start({ isBroken: true })).rejects.toThrow("cannot begin");
  });
});

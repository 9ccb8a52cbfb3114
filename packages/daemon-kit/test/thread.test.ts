import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Thread } from "../src/thread/index.ts";

/** Blocks as a data path does, on a word that a wake-up changes, and reads its messages between two waits. */
const SCRIPT = `
  import { receiveMessageOnPort, workerData } from "node:worker_threads";
  const { options: { word, isBroken }, port } = workerData;
  if (isBroken) throw new Error("cannot begin");
  const cell = new Int32Array(word);
  port.postMessage({ type: "ready" });
  for (let isOn = true; isOn; ) {
    Atomics.wait(cell, 0, 0);
    Atomics.store(cell, 0, 0);
    for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
      const { type, id, text } = got.message;
      if (type === "echo") port.postMessage({ type: "answer", id, value: text });
      else if (type === "fail") port.postMessage({ type: "failed", id, message: text });
      else if (type === "note") port.postMessage({ type: "heard", text });
      else if (type === "die") throw new Error("died");
      else if (type === "stop") { port.postMessage({ type: "answer", id, value: null }); isOn = false; }
    }
  }
  port.close();`;

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
  const heard = ({ text }: Note) => notes.push(text);
  thread = await Thread.start<Note>({
    script,
    name: "test",
    options: { word, ...more },
    wakeUp,
    startTimeout: 10_000,
    heard,
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
    const waiting = thread.ask({ type: "nobody-answers" });
    thread.tell({ type: "die" });
    await expect(waiting).rejects.toThrow("died");
    expect((await thread.ended)?.message).toBe("died");
  });

  it("that does not answer is said to be silent", async () => {
    const { thread } = await start();
    await expect(thread.ask({ type: "nobody-answers" }, 20)).rejects.toThrow("the test did not answer within 0.02");
  });

  it("that cannot begin rejects the start", async () => {
    await expect(start({ isBroken: true })).rejects.toThrow("cannot begin");
  });
});

/** The thread that runs the code under test. It instruments that code while it loads it. */
import { register } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { minimize } from "../corpus/minimize.ts";
import { CoverageMap } from "../coverage/coverage-map.ts";
import type { Target } from "../target.ts";
import { FuzzLoop } from "./fuzz-loop.ts";
import type { WorkerMessage, WorkerTask } from "./messages.ts";
import { SharedInput } from "./shared-input.ts";

const task = workerData as WorkerTask;
const send = (message: WorkerMessage): void => parentPort?.postMessage(message);

register("../coverage/loader.js", { parentURL: import.meta.url, data: task.instrumented });
const map = new CoverageMap();
map.install();
const { target } = (await import(task.module)) as { readonly target: Target };
const loop = new FuzzLoop(target, map, new SharedInput(task.memory), {
  ...task,
  onFinding: (finding) => send({ kind: "finding", finding }),
});
loop.run();
send({ kind: "done", inputs: task.shouldMinimize ? minimize(loop.reaches()) : loop.inputs });

/** Progress and findings, for people. */
import type { Finding } from "../findings/finding.ts";
import type { WorkerState } from "../worker/shared-input.ts";

/** Milliseconds between two lines, on a terminal and elsewhere. */
const TERMINAL_MS = 500;
const LOG_MS = 10_000;

/** Prints a line about the target that runs: rewritten in place on a terminal, now and then elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** @param startMs when the target's turn began, on `performance.now()` */
  show(target: string, inputs: number, state: WorkerState, findings: number, startMs: number): void {
    const now = performance.now();
    if (now - this.#lastMs < (this.#out.isTTY ? TERMINAL_MS : LOG_MS)) return;
    this.#lastMs = now;
    this.#write(lineOf(target, inputs, state, findings, now - startMs), this.#out.isTTY);
  }

  /** The last line about a turn. */
  end(target: string, inputs: number, state: WorkerState, findings: number, startMs: number): void {
    this.#lastMs = performance.now();
    this.#write(lineOf(target, inputs, state, findings, this.#lastMs - startMs), false);
  }

  /** A finding, and how to show it again. */
  finding(target: string, { kind, text }: Finding, path: string): void {
    this.#write(`FOUND in ${target}: ${kind}\n${indent(text)}\n  again: ${replayCommand(target, path)}`, false);
  }

  #write(line: string, isFleeting: boolean): void {
    const { isTTY } = this.#out;
    this.#out.write(`${isTTY ? "\r\x1b[K" : ""}${line}${isFleeting ? "" : "\n"}`);
  }
}

/** The command that runs the input of a finding again. */
export function replayCommand(target: string, path: string): string {
  return `npm run fuzz -- --target ${target} --replay ${path}`;
}

function lineOf(target: string, inputs: number, state: WorkerState, findings: number, ms: number): string {
  const { branches, size, corpus, slowestMs, heapBytes } = state;
  const perSecond = inputs / Math.max(ms / 1000, 0.001);
  return [
    target.padEnd(18),
    `${count(inputs)} inputs`,
    `${count(perSecond)}/s`,
    `${count(branches)} of ${count(size)} branches`,
    `corpus ${count(corpus)}`,
    `slowest ${slowestMs.toFixed(slowestMs < 10 ? 1 : 0)} ms`,
    `heap ${(heapBytes / 2 ** 20).toFixed(0)} MiB`,
    `found ${findings}`,
  ].join("  ");
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

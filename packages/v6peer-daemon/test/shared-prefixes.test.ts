import type { GetPrefixes, Prefixes, SharedPrefix } from "@nat64/peer-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SharedPrefixes } from "../src/peer-exits/shared-prefixes.ts";

const prefix = (number: number): SharedPrefix => ({
  prefix: `2001:db8:${number}::/80`,
  peer: "a".repeat(32),
  health: "up",
  exits: 1,
  abuse: "abuse@example.net",
});
const ALL = [1, 2, 3].map(prefix);
const NEVER = new AbortController().signal;

describe("the list of shared prefixes", () => {
  let asked: { readonly at: number; readonly after: string | undefined }[];
  let isConnected: boolean;
  let answer: (question: GetPrefixes) => void;
  let shared: SharedPrefixes;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    asked = [];
    isConnected = true;
    answer = ({ after }) => shared.receiveMessage(pageAfter(after));
    shared = new SharedPrefixes(
      (question) => {
        asked.push({ at: performance.now(), after: question.after });
        queueMicrotask(() => answer(question));
      },
      () => isConnected,
    );
  });
  afterEach(() => vi.useRealTimers());

  /** Pages of one prefix each. */
  function pageAfter(after: string | undefined): Prefixes {
    const index = after === undefined ? 0 : ALL.findIndex((each) => each.prefix === after) + 1;
    const isLast = index === ALL.length - 1;
    return { type: "prefixes", prefixes: [ALL[index]], ...(isLast ? {} : { next: ALL[index].prefix }) };
  }

  async function list(signal: AbortSignal = NEVER): Promise<{ rows: SharedPrefix[]; complete: boolean }> {
    const rows: SharedPrefix[] = [];
    const { complete } = await shared.list(async (page) => void rows.push(...page), signal);
    return { rows, complete };
  }

  async function whileTimePasses<Result>(promise: Promise<Result>, milliseconds = 60_000): Promise<Result> {
    promise.catch(() => {});
    await vi.advanceTimersByTimeAsync(milliseconds);
    return promise;
  }

  it("comes page by page, with more than a second between two questions", async () => {
    expect(await whileTimePasses(list())).toEqual({ rows: ALL, complete: true });
    expect(asked.map(({ after }) => after)).toEqual([undefined, ALL[0].prefix, ALL[1].prefix]);
    for (const [index, { at }] of asked.slice(1).entries()) expect(at - asked[index].at).toBeGreaterThanOrEqual(1_000);
  });

  it("is asked for once, whoever asks within a few seconds", async () => {
    const [one, two] = [list(), list()];
    expect(await whileTimePasses(one, 3_000)).toEqual(await two);
    await whileTimePasses(list(), 500);
    expect(asked).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(20_000);
    await whileTimePasses(list(), 5_000);
    expect(asked).toHaveLength(6);
  });

  it("that never ends is cut", async () => {
    answer = () =>
      shared.receiveMessage({ type: "prefixes", prefixes: [ALL[0]], next: `2001:db8:${asked.length}::/80` });
    const { rows, complete } = await whileTimePasses(list());
    expect({ count: rows.length, complete }).toEqual({ count: 32, complete: false });
  });

  it("is refused without a connection, when the coordinator says no, is silent, or goes", async () => {
    isConnected = false;
    await expect(whileTimePasses(list(), 1)).rejects.toThrow("not connected to the coordinator");
    isConnected = true;
    answer = () =>
      shared.receiveMessage({
        type: "error",
        code: "too-fast",
        message: "Slower.",
        temporary: true,
        regarding: "get-prefixes",
      });
    await expect(whileTimePasses(list(), 2_000)).rejects.toThrow("Slower.");
    answer = () => {};
    await expect(whileTimePasses(list(), 10_000)).rejects.toThrow("within 5 seconds");
    const waiting = list();
    waiting.catch(() => {});
    await vi.advanceTimersByTimeAsync(2_000);
    shared.lost();
    await expect(waiting).rejects.toThrow("not connected");
  });

  it("works again after a failure", async () => {
    const good = answer;
    answer = () => {};
    await expect(whileTimePasses(list(), 10_000)).rejects.toThrow();
    answer = good;
    expect((await whileTimePasses(list())).complete).toBe(true);
  });

  it("is not asked for by those who have hung up", async () => {
    await expect(list(AbortSignal.abort())).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it("leaves other messages to others", () => {
    expect(shared.receiveMessage({ type: "ping", id: 1 })).toBe(false);
    expect(shared.receiveMessage({ type: "error", code: "busy", message: "Later.", temporary: true })).toBe(false);
  });
});

import { changeAllOrNothing, createLog, onCommit, type PreparedChange, Reloads } from "@nat64/daemon-kit/program";
import { describe, expect, it } from "vitest";

const log = createLog("silent");
const OBSERVER = { begun: () => {}, ended: () => {} };

describe("reloads", () => {
  it("run one after the other, and the service manager is told of each", async () => {
    const events: string[] = [];
    let count = 0;
    const reloads = new Reloads(async () => {
      const id = ++count;
      events.push(`read ${id}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`use ${id}`);
      return { applied: [`key ${id}`], needsRestart: ["other"] };
    }, log);
    reloads.open({ begun: () => events.push("begun"), ended: () => events.push("ended") });
    const reports = await Promise.all([reloads.request(), reloads.request()]);
    expect(reports.map(({ applied }) => applied)).toEqual([["key 1"], ["key 2"]]);
    expect(events).toEqual(["begun", "read 1", "use 1", "ended", "begun", "read 2", "use 2", "ended"]);
    expect(reloads.status).toMatchObject({ needsRestart: ["other"] });
    expect(reloads.status).not.toHaveProperty("refused");
  });

  it("that are refused say why, leave the time of loading alone, and the next good one clears it", async () => {
    let problem: string | undefined = "line 1\nline 2";
    const reloads = new Reloads(async () => {
      if (problem !== undefined) throw new Error(problem);
      return { applied: [], needsRestart: [] };
    }, log);
    reloads.open(OBSERVER);
    const { loadedAt } = reloads.status;
    expect(await reloads.request()).toEqual({
      accepted: false,
      applied: [],
      needsRestart: [],
      problems: ["line 1", "line 2"],
    });
    expect(reloads.status).toEqual({ loadedAt, needsRestart: [], refused: "line 1\nline 2" });
    problem = undefined;
    expect(await reloads.request()).toMatchObject({ accepted: true });
    expect(reloads.status).not.toHaveProperty("refused");
  });

  it("are refused before the start and after the stop, which waits for the one under way", async () => {
    let finish: () => void = () => {};
    let isRead = false;
    const reloads = new Reloads(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      isRead = true;
      return { applied: [], needsRestart: [] };
    }, log);
    expect(await reloads.request()).toMatchObject({ accepted: false, problems: ["the daemon is starting"] });
    reloads.open(OBSERVER);
    const first = reloads.request();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = reloads.close().then(() => isRead);
    const second = reloads.request();
    finish();
    expect(await closed).toBe(true);
    expect(await first).toMatchObject({ accepted: true });
    expect(await second).toMatchObject({ accepted: false, problems: ["the daemon is stopping"] });
  });
});

it("a part that fails after the others are in use is told", async () => {
  const reloads = new Reloads(
    async () => ({ applied: ["a", "b"], needsRestart: [], problems: ["b is gone"] }),
    createLog("silent"),
  );
  reloads.open({ begun: () => {}, ended: () => {} });
  expect(await reloads.request()).toEqual({
    accepted: true,
    applied: ["a", "b"],
    needsRestart: [],
    problems: ["b is gone"],
  });
  expect(reloads.status.refused).toBe("b is gone");
});

describe("changes of several parts", () => {
  const part = (name: string, events: string[], problem?: string) => async (): Promise<PreparedChange> => {
    events.push(`prepare ${name}`);
    if (problem !== undefined) throw new Error(problem);
    return { commit: () => void events.push(`commit ${name}`), cancel: () => void events.push(`cancel ${name}`) };
  };

  it("are all prepared before the first is committed", async () => {
    const events: string[] = [];
    await changeAllOrNothing([part("a", events), onCommit(() => void events.push("then")), part("b", events)]);
    expect(events).toEqual(["prepare a", "prepare b", "commit a", "then", "commit b"]);
  });

  it("are cancelled in reverse when one cannot be prepared, and nothing is committed", async () => {
    const events: string[] = [];
    const parts = [part("a", events), part("b", events), part("c", events, "no room"), part("d", events)];
    await expect(changeAllOrNothing(parts)).rejects.toThrow("no room");
    expect(events).toEqual(["prepare a", "prepare b", "prepare c", "cancel b", "cancel a"]);
  });

  it("go on when a commit fails, which is told", async () => {
    const events: string[] = [];
    const failing = onCommit(() => {
      throw new Error("gone");
    });
    const failures = await changeAllOrNothing([failing, part("b", events)]);
    expect({ events, failures }).toEqual({ events: ["prepare b", "commit b"], failures: ["gone"] });
  });
});

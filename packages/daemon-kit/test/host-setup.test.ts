import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HostSetup, SetupError, type Step, writeSysctl } from "../src/host/index.ts";

let directory: string;
let journal: string;
let events: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "daemon-kit-"));
  journal = join(directory, "setup");
  events = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const undo = {
  note: (found: unknown) => {
    events.push(`undo ${String(found)}`);
    if (found === "stubborn") throw new Error("it will not go");
  },
};

function step(name: string, apply: () => void = () => {}): Step {
  return {
    kind: "note",
    what: name,
    inspect: () => name,
    apply: () => {
      events.push(`apply ${name}`);
      apply();
    },
  };
}

function setup(): HostSetup {
  const undoFailed = (kind: string, reason: string) => events.push(`${kind} failed: ${reason}`);
  return new HostSetup(journal, {
    program: "testd",
    undo,
    observer: { applied: () => {}, undone: () => {}, undoFailed },
  });
}

it("steps are undone in reverse, once, and the journal goes", () => {
  const host = setup();
  host.apply([step("a"), step("b")]);
  host.undo();
  host.undo();
  expect(events).toEqual(["apply a", "apply b", "undo b", "undo a"]);
  expect(existsSync(journal)).toBe(false);
});

it("what was found is on disk before the change is made", () => {
  setup().apply([step("a", () => events.push(readFileSync(journal, "utf8").trim().split("\n")[1]))]);
  expect(events[1]).toBe('{"kind":"note","found":"a"}');
});

it("a step that fails takes those before it, and itself, back and names itself", () => {
  const fail = step("b", () => {
    throw new Error("no luck");
  });
  expect(() => setup().apply([step("a"), fail, step("c")])).toThrow(new SetupError("cannot b: no luck"));
  expect(events).toEqual(["apply a", "apply b", "undo b", "undo a"]);
  expect(existsSync(journal)).toBe(false);
});

it("an undo that fails is reported and the others go on", () => {
  const host = setup();
  host.apply([step("a"), step("stubborn"), step("b")]);
  host.undo();
  expect(events.slice(3)).toEqual(["undo b", "undo stubborn", "note failed: it will not go", "undo a"]);
});

it("a later process undoes what a dead one left", () => {
  setup().apply([step("a"), step("b")]);
  makeOwnerDead();
  expect(setup().recover()).toBe(2);
  expect(events.slice(2)).toEqual(["undo b", "undo a"]);
  expect(existsSync(journal)).toBe(false);
});

it("a journal of another boot is only removed: a reboot has undone it", () => {
  setup().apply([step("a")]);
  writeFileSync(journal, readFileSync(journal, "utf8").replace(/"bootId":"[^"]*"/, '"bootId":"another"'));
  expect(setup().recover()).toBe(0);
  expect(events).toEqual(["apply a"]);
  expect(existsSync(journal)).toBe(false);
});

it("a journal whose process lives is refused and stays", () => {
  setup().apply([step("a")]);
  const second = setup();
  expect(() => second.recover()).toThrow(/another testd \(process \d+\) is running/);
  second.undo();
  expect(existsSync(journal)).toBe(true);
});

it.each(["", "garbage", "{}\n", "\u0000\u0000\n[]\n"])("a journal of %j is removed without harm", (text) => {
  writeFileSync(journal, text);
  expect(setup().recover()).toBe(0);
  expect(existsSync(journal)).toBe(false);
});

it("a last line that a crash cut is left out, and unknown kinds are passed over", () => {
  setup().apply([step("a")]);
  makeOwnerDead();
  writeFileSync(journal, `${readFileSync(journal, "utf8")}{"kind":"of-the-future","found":1}\n{"kind":"note","fou`);
  setup().recover();
  expect(events.slice(1)).toEqual(["undo a"]);
});

function makeOwnerDead(): void {
  writeFileSync(journal, readFileSync(journal, "utf8").replace(/"startTime":"\d+"/, '"startTime":"1"'));
}

it("a journal that others could have written is not believed", () => {
  setup().apply([step("a")]);
  chmodSync(journal, 0o622);
  expect(() => setup().recover()).toThrow(/can be written by other users/);
  expect(events).toEqual(["apply a"]);
});

it("a journal is never written through a link that somebody has put there", () => {
  const victim = join(directory, "victim");
  writeFileSync(victim, "precious");
  symlinkSync(victim, journal);
  expect(() => setup().recover()).toThrow();
  setup().apply([step("a")]);
  expect(readFileSync(victim, "utf8")).toBe("precious");
});

it.each([
  "../../tmp/victim",
  "net/ipv4/../../../tmp/victim",
  "kernel/core_pattern",
  "net/ipv4/conf/..",
  "net/ipv4/./x",
])("nothing but the network's parameters is ever set: %s", (path) => {
  expect(() => writeSysctl(path, "1")).toThrow(/is not a parameter that daemons may set/);
});

import { describe, expect, it } from "vitest";
import { applyAnswers, readAnswers, refuseAnswer } from "../dist/answers/apply.js";
import { COORDINATOR } from "../dist/answers/coordinator.js";
import { ensureTable, removeKey, removeTable, setKey } from "../dist/answers/edit-toml.js";
import type { Questionnaire } from "../dist/answers/question.js";
import { V4PEER } from "../dist/answers/v4peer.js";
import { V6PEER } from "../dist/answers/v6peer.js";

/** The answers of a file that is TOML. */
function readGood(questionnaire: Questionnaire, text: string): ReadonlyMap<string, string> {
  const answers = readAnswers(questionnaire, text);
  if ("key" in answers) throw new Error(answers.message);
  return answers;
}

describe("a key is set without touching anything else", () => {
  it.each([
    [
      "its value is replaced in place, its comment stays",
      'a = "1"  # why\nb = 2\n',
      "",
      "a",
      'a = "x"  # why\nb = 2\n',
    ],
    ["behind its commented-out example", "# one\n# a = 1\n\n[t]\n", "", "a", '# one\n# a = 1\na = "x"\n\n[t]\n'],
    [
      "at the end of its table",
      "[t]\nb = 1\n# of u\n[u]\na = 2\n",
      "t",
      "a",
      '[t]\nb = 1\na = "x"\n# of u\n[u]\na = 2\n',
    ],
    ["in a new table at the end", "b = 1", "t", "a", 'b = 1\n\n[t]\na = "x"\n'],
    ["not in a table of a list", "[[t.l]]\na = 1\n", "t", "a", '[[t.l]]\na = 1\n\n[t]\na = "x"\n'],
    ["behind the comment that a file begins with", "# head\n\n", "", "a", '# head\n\na = "x"\n'],
    ["in a file without a newline at its end", "a = 1", "", "b", 'a = 1\nb = "x"\n'],
  ])("%s", (_, before, table, key, after) => {
    expect(setKey(before, { table, key }, "x")).toBe(after);
  });

  it("text that TOML has to escape is the same text when it is read", () => {
    const text = setKey("", { table: "", key: "prefix" }, 'a "b" \\ c');
    expect(readGood(V6PEER, text).get("prefix")).toBe('a "b" \\ c');
  });

  it("keys and tables go with their lines, and nothing with them", () => {
    expect(removeKey("# why\na = 1\nb = 2\n", { table: "", key: "a" })).toBe("# why\nb = 2\n");
    expect(removeTable("a = 1\n[t]\nb = 2\n[t.u]\nc = 3\n[v]\nd = 4\n", "t")).toBe("a = 1\n[v]\nd = 4\n");
    expect(ensureTable("[t]\na = 1\n", "t")).toBe("[t]\na = 1\n");
  });
});

describe("an answer is judged by the daemon", () => {
  it.each([
    ["fd00::/80", /Unique-Local/],
    ["2001:db8::/80", /documentation prefix/],
    ["2a00:1450:400f::/64", /length 80/],
    ["2a00:1450:400f:0:100::/80", /bits 64–71/],
    ["nonsense", /./],
  ])("the prefix %s is refused with the reason", (prefix, reason) => {
    expect(refuseAnswer(V6PEER, "prefix", prefix)).toMatch(reason);
  });

  it("what is good, or left empty, is not refused", () => {
    expect(refuseAnswer(V6PEER, "prefix", "2a00:1450:400f::/80")).toBeUndefined();
    expect(refuseAnswer(V6PEER, "bandwidth", "")).toBeUndefined();
    expect(refuseAnswer(V4PEER, "publish", "443, 8000-8010, 53/udp")).toBeUndefined();
  });

  it("bandwidths, pins, ports and addresses are judged, too", () => {
    expect(refuseAnswer(V6PEER, "bandwidth", "fast")).toMatch(/bits per second/);
    expect(refuseAnswer(V6PEER, "pin", "abc")).toMatch(/sha256/);
    expect(refuseAnswer(V4PEER, "publish", "http")).toMatch(/port/);
    // What TOML itself would not take is an answer like any other.
    expect(refuseAnswer(V4PEER, "publish", "0443")).toBeUndefined();
    expect(
      V4PEER.check(V4PEER.questions.find(({ name }) => name === "publish")?.write(V4PEER.sample, "0443") ?? ""),
    ).toEqual([]);
    expect(refuseAnswer(V6PEER, "prefix", "\x7f")).toMatch(/prefix/);
    expect(refuseAnswer(COORDINATOR, "primary", "10.0.0.1:3544")).toMatch(/10\.0\.0\.1/);
  });
});

describe("answers go into the file", () => {
  const answers = (more: Record<string, string> = {}): Map<string, string> =>
    new Map(
      Object.entries({
        prefix: "2a00:1450:400f::/80",
        bandwidth: "20M",
        "local-exit": "true",
        coordinator: "",
        pin: "",
        abuse: "",
        listed: "false",
        ...more,
      }),
    );
  const textOf = (applied: ReturnType<typeof applyAnswers>): string =>
    "text" in applied ? applied.text : applied.problems.map((each) => each.message).join("\n");

  it("a first file has what was answered and no more, and the daemon takes it", () => {
    const text = textOf(applyAnswers(V6PEER, undefined, answers()));
    expect(text).toMatch(
      /\nprefix = "2a00:1450:400f::\/80"\nbandwidth = "20M"\n\n\[local-exit\]\nmode = "masquerade"\n$/,
    );
    expect(V6PEER.check(text)).toEqual([]);
  });

  it("with a coordinator there are peer exits, its pin, and the contact", () => {
    const text = textOf(
      applyAnswers(
        V6PEER,
        undefined,
        answers({ coordinator: "c.example.net", abuse: "abuse@example.net", "local-exit": "false", listed: "true" }),
      ),
    );
    expect(text).toMatch(/\[coordinator\]\nhost = "c\.example\.net"\nabuse = "abuse@example\.net"\nlisted = true\n/);
    expect(text).toContain("[peer-exits]");
    expect(text).not.toContain("local-exit");
  });

  it("the same answers leave a file alone, however it is written", () => {
    const mine =
      'prefix = \'2a00:1450:400f::/80\' # mine\nbandwidth = 20_000_000\n[local-exit]\nmode = "pool"\npool = ["93.184.64.64/28"]\n';
    const said = readGood(V6PEER, mine);
    expect(textOf(applyAnswers(V6PEER, mine, said))).toBe(mine);
  });

  it("a file that is no TOML, or that would become a wrong one, stays", () => {
    expect(applyAnswers(V6PEER, "prefix = ", answers())).toMatchObject({ problems: [{ line: 1 }] });
    expect(applyAnswers(V6PEER, undefined, answers({ "local-exit": "false" }))).toMatchObject({
      problems: [{ key: "local-exit" }],
    });
  });

  it("the policy of an IPv4 peer is read back as it was answered", () => {
    const given = new Map(
      Object.entries({
        coordinator: "192.0.2.1",
        pin: "",
        policy: "publish",
        publish: "443/tcp, 8000-8010/tcp, 53/udp",
        bandwidth: "20M",
      }),
    );
    const text = textOf(applyAnswers(V4PEER, undefined, given));
    expect(readAnswers(V4PEER, text)).toEqual(given);
    const nothing = textOf(applyAnswers(V4PEER, text, new Map([["policy", "nothing"]])));
    expect(nothing).not.toContain("publish");
    expect(V4PEER.check(nothing)).toEqual([]);
  });
});

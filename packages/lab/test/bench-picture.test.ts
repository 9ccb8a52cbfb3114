import { DOMParser, type Document, type Element } from "@xmldom/xmldom";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { short } from "../src/bench/numbers.ts";
import { picture } from "../src/bench/picture/picture.ts";
import { element, escaped } from "../src/bench/picture/xml.ts";
import { type Report, report } from "../src/bench/report.ts";
import type { Setting } from "../src/bench/setting.ts";

const setting: Setting = {
  date: "2026-11-23T12:34:56.000Z",
  machine: { cpu: "EPYC 9R14", cores: 2, kernel: "6.18.44", node: "20.20.2" },
  versions: ["tayga 0.9.2-8", "nat64 0.1.0"],
  seconds: 7,
};

const rounds = [
  {
    kernel: { "tcp-1-up": 1000, "udp-64-up": 200, "ping-pong-p50": 50, "tcp-1-up-machine-cpu": 1 },
    ours: { "tcp-1-up": 870, "udp-64-up": 900, "ping-pong-p50": 35, "tcp-1-up-cpu": 0.61, "tcp-1-up-machine-cpu": 3 },
    tayga: { "tcp-1-up": 71, "udp-64-up": 120 },
  },
];

const drawn = (change: Partial<Report> = {}): string =>
  picture({ ...report("local", "kernel", setting, rounds, []), ...change });

/** Throws at the first thing that is not well-formed. The parser warns of replacement characters, too, which are meant. */
function parse(xml: string): Document {
  const onError = (level: string, message: string): void => {
    if (!message.includes("replacement character")) throw new Error(`${level}: ${message}`);
  };
  return new DOMParser({ onError }).parseFromString(xml, "image/svg+xml");
}

const elements = (xml: string, name: string): Element[] => [...parse(xml).getElementsByTagName(name)];
const texts = (xml: string, kind = /./): string[] =>
  elements(xml, "text")
    .filter((each) => kind.test(each.getAttribute("class") ?? ""))
    .map((each) => each.textContent ?? "");

/** Every number that stands anywhere in a value, as the picture writes it or as it is. */
function figuresOf(value: unknown): Set<string> {
  const found = new Set<string>();
  JSON.stringify(value, (_, inner) => {
    if (typeof inner === "number") found.add(short(inner)).add(`${inner}`);
    for (const figure of typeof inner === "string" ? (inner.match(/[\d.,]*\d/g) ?? []) : []) found.add(figure);
    return inner;
  });
  return found;
}

describe("the picture of a bench", () => {
  it("is a well-formed SVG that names itself", () => {
    const root = parse(drawn()).documentElement;
    expect(root?.namespaceURI).toBe("http://www.w3.org/2000/svg");
    expect(elements(drawn(), "title")[0].textContent).toBe("bench local: ratios to kernel");
  });

  it("holds no figure that is not in the JSON, its axes aside", () => {
    const result = report("local", "kernel", setting, rounds, []);
    const known = figuresOf(JSON.parse(JSON.stringify(result)));
    const figures = texts(picture(result), /^(?!axis)/).flatMap((text) => text.match(/[\d.,]*\d/g) ?? []);
    expect(figures).toEqual(expect.arrayContaining(["0.870", "4.50", "0.0710", "0.85", "0.610"]));
    expect(figures.filter((figure) => !known.has(figure))).toEqual([]);
  });

  it("draws bars in proportion, and cuts bars that are too long", () => {
    const bars = elements(drawn(), "path").map((bar) => bar.getAttribute("d") ?? "");
    const length = (d: string): number => {
      const [, from, to] = /^M([\d.]+) [\d.]+H([\d.]+)/.exec(d) as RegExpExecArray;
      return Number(to) - Number(from);
    };
    const [ours, tayga, long] = bars;
    expect(length(ours) / length(tayga)).toBeCloseTo(0.87 / 0.071, 0);
    expect(length(long)).toBeCloseTo((length(ours) / 0.87) * 2, 0); // at the end of the scale
    expect(long).toContain("L"); // in a point
  });

  it("puts a tick where the goal is, and says whether it is met", () => {
    const ticks = elements(drawn(), "line").filter((line) => line.getAttribute("class") === "goal");
    expect(ticks).toHaveLength(3); // of TCP up, UDP up and the ping-pong
    expect(texts(drawn(), /value/)).toEqual(expect.arrayContaining(["goal ≥ 0.85: met", "goal ≤ 1: met"]));
    expect(texts(drawn(), /method/)).toContain(
      "TCP, 1 stream, up: CPU of the translator, ours: 0.610 s/GB, goal ≤ 0.5: missed",
    );
  });

  it("has a line at one, and the method beneath", () => {
    expect(elements(drawn(), "line").filter((line) => line.getAttribute("class") === "one")).toHaveLength(2);
    const method = texts(drawn(), /method/).join("\n");
    for (const part of [
      "1 interleaved rounds of 7 s",
      setting.date,
      "EPYC 9R14, 2 cores",
      "Linux 6.18.44",
      "Node 20.20.2",
    ])
      expect(method).toContain(part);
    expect(method).toContain("tayga 0.9.2-8; nat64 0.1.0");
  });

  it("has colours for the light and for the dark", () => {
    const [style] = elements(drawn(), "style").map((each) => each.textContent ?? "");
    expect(style).toContain("@media (prefers-color-scheme: dark)");
    const colours = style.split("@media").map((half) => /\.paper { fill: (#[\da-f]{6}); }/.exec(half)?.[1]);
    expect(new Set(colours).size).toBe(2);
  });

  it("says so when there is nothing to compare", () => {
    expect(texts(picture(report("local", "kernel", setting, [], [])))).toContain(
      "Nothing to compare: no ratios were measured.",
    );
  });

  it("stays well-formed whatever its words are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (words) => {
        const { ratios } = report("local", "kernel", setting, rounds, []);
        const xml = drawn({
          bench: words,
          versions: [words],
          ratios: { [`x${words}`]: ratios.ours },
          goals: [],
          machine: { ...setting.machine, cpu: words },
        });
        expect(texts(xml)).toContain(
          `x${words}`
            .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
            .replace(/\r\n?/g, "\n"),
        );
      }),
    );
  });
});

describe("text in XML", () => {
  it.each([
    ['a < b & c > "d"', "a &lt; b &amp; c &gt; &quot;d&quot;"],
    ["</text><script>", "&lt;/text&gt;&lt;script&gt;"],
    ["\u0000\u001b[31m", "\ufffd\ufffd[31m"],
    ["\ud800 alone", "\ufffd alone"],
    ["😀 →", "😀 →"],
  ])("of %j is %j", (words, expected) => {
    expect(escaped(words)).toBe(expected);
  });

  it("stays inside its attribute", () => {
    expect(element("rect", { class: 'a" onload="x' })).toBe('<rect class="a&quot; onload=&quot;x"/>');
  });
});

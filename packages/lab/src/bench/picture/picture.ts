import { bound, goalSentence, verdict } from "../goal-sentences.ts";
import { short } from "../numbers.ts";
import type { Report } from "../report.ts";
import { type Bar, type Chart, charts, type Group, otherGoals } from "./chart.ts";
import { type Scale, scaleFor } from "./scale.ts";
import { COLOURS, STYLE } from "./style.ts";
import { element, escaped, text } from "./xml.ts";

/** Layout in pixels: names to the left of the bars, goals to their right. */
const [WIDTH, MARGIN, LEFT, RIGHT] = [960, 20, 300, 740];
const [BAR, GAP, LINE] = [14, 10, 16];

/** A drawn part and its lower edge. */
interface Drawn {
  readonly svg: string;
  readonly end: number;
}

/**
 * The ratios of a report to its base as an SVG: bars by metric and contender, a line at one, a tick at each goal, and the method
 * beneath. Every figure in it is in the report. A report without ratios gives a picture that says so.
 */
export function picture(report: Report): string {
  const names = Object.keys(report.ratios);
  const parts: string[] = [];
  let y = MARGIN + LINE;
  const add = (drawn: Drawn): void => {
    parts.push(drawn.svg);
    y = drawn.end;
  };
  add({ svg: text(MARGIN, y, "heading", heading(report)), end: y + 24 });
  add(legend(names, y));
  const all = charts(report);
  for (const chart of all) add(drawChart(chart, names, y));
  if (all.length === 0) add(lines(["Nothing to compare: no ratios were measured."], "method", y));
  const goals = otherGoals(report);
  if (goals.length > 0) {
    const sentences = goals.map((goal) => goalSentence(goal, report.metrics));
    add(lines(["Other goals", ...sentences], "method", y + GAP));
  }
  add(lines(method(report), "method", y + GAP));
  return paper(heading(report), Math.ceil(y), parts.join("\n"));
}

function paper(title: string, height: number, inside: string): string {
  const frame = {
    xmlns: "http://www.w3.org/2000/svg",
    width: WIDTH,
    height,
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: "img",
  };
  const background = element("rect", { width: WIDTH, height, class: "paper" });
  const head = `${element("title", {}, escaped(title))}\n${element("style", {}, STYLE)}`;
  return `${element("svg", frame, `\n${head}\n${background}\n${inside}\n`)}\n`;
}

function heading({ bench, base }: Report): string {
  return `bench ${bench}: ratios to ${base ?? "nothing"}`;
}

function colour(names: readonly string[], name: string): string {
  return `c${names.indexOf(name) % COLOURS}`;
}

function legend(names: readonly string[], y: number): Drawn {
  let x = MARGIN;
  const entries = names.map((name) => {
    const box = element("rect", { x, y: y - 10, width: 12, height: 12, rx: 2, class: colour(names, name) });
    const entry = `${box}${text(x + 17, y, "name", name)}`;
    x += 40 + 7 * name.length;
    return entry;
  });
  return { svg: entries.join("\n"), end: y + 20 };
}

function drawChart({ better, groups }: Chart, names: readonly string[], top: number): Drawn {
  const scale = scaleFor(
    groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)),
    LEFT,
    RIGHT,
  );
  const axis = top + LINE;
  const first = axis + GAP;
  let y = first;
  const drawn = groups.map((group) => {
    const { svg, end } = drawGroup(group, names, scale, y);
    y = end;
    return svg;
  });
  const bottom = y - GAP / 2;
  const grid = scale.marks.map((mark) => {
    const x = scale.x(mark);
    const line = element("line", { x1: x, x2: x, y1: first - 4, y2: bottom, class: mark === 1 ? "one" : "grid" });
    return `${line}${text(x, axis, "axis middle", `${mark}`)}`;
  });
  const hint = text(MARGIN, axis, "hint", `${better} is better`);
  return { svg: [hint, ...grid, ...drawn].join("\n"), end: y + GAP };
}

function drawGroup({ title, bars }: Group, names: readonly string[], scale: Scale, top: number): Drawn {
  const drawn = bars.map((bar, i) => drawBar(bar, colour(names, bar.contender), scale, top + i * BAR));
  const end = top + bars.length * BAR;
  return { svg: [text(MARGIN, top + BAR - 3, "metric", title), ...drawn].join("\n"), end: end + GAP };
}

function drawBar({ contender, ratio, goal }: Bar, kind: string, scale: Scale, y: number): string {
  const [from, to, bottom] = [LEFT, scale.x(ratio), y + BAR - 2];
  // A bar that is too long for the picture ends in a point.
  const point = ratio > scale.end ? `L${to + 7} ${(y + bottom) / 2}` : "";
  const shape = element(
    "path",
    { d: `M${from} ${y}H${to}${point}L${to} ${bottom}H${from}Z`, class: kind },
    tip(contender),
  );
  const number = text((ratio > scale.end ? to + 7 : to) + 5, bottom - 2, "value", short(ratio));
  if (goal === undefined) return `${shape}${number}`;
  const x = scale.x(goal.bound);
  const tick = element("line", { x1: x, x2: x, y1: y - 1, y2: bottom + 1, class: "goal" });
  const words = `goal ${bound(goal)}: ${verdict(goal)}`;
  return `${shape}${tick}${number}${text(RIGHT + 55, bottom - 2, goal.met === false ? "value missed" : "value", words)}`;
}

/** The tooltip. */
function tip(contender: string): string {
  return element("title", {}, escaped(contender));
}

function lines(all: readonly string[], kind: string, y: number): Drawn {
  return { svg: all.map((line, i) => text(MARGIN, y + i * LINE, kind, line)).join("\n"), end: y + all.length * LINE };
}

function method({ date, machine, rounds, seconds, versions, failures }: Report): string[] {
  const { cpu, cores, kernel, node } = machine;
  return [
    `Each value is the median of ${rounds} interleaved rounds of ${seconds} s; each ratio is taken within a round, then the median of these.`,
    `${date}: ${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}.`,
    ...wrapped(versions),
    ...(failures.length === 0 ? [] : [`${failures.length} measurements failed.`]),
  ];
}

/** Versions, as many on a line as fit. */
function wrapped(versions: readonly string[]): string[] {
  const all: string[] = [];
  for (const version of versions) {
    const last = all.at(-1);
    if (last !== undefined && last.length + version.length < 120) all[all.length - 1] = `${last}; ${version}`;
    else all.push(version);
  }
  return all;
}

/** A chart on the page, drawn by uPlot in the colours that hold. */
import uPlot from "uplot";
import { formatMinute } from "../../format.ts";
import type { Line } from "./chart-data.ts";

/** Pixels. */
const HEIGHT = 180;
const LINE = 2;

/** A chart spans at least this much, so that the first minutes do not look like more. */
const MIN_SPAN_SECONDS = 180;

/** Distances that the marks on the time axis may have. */
const MARK_DISTANCES_SECONDS = [60, 120, 300, 600, 1800, 3600];

/** Which colour scheme; the style sheet has the colours of both. */
const DARK = "(prefers-color-scheme: dark)";

/** A chart that was drawn. */
export interface Plot {
  show(data: uPlot.AlignedData): void;
  /** Moves the cursor to a time in milliseconds since 1970, or away. */
  point(at: number | undefined): void;
  remove(): void;
}

/** Draws into an element and keeps to its width and to the colour scheme. `pointed` hears where the mouse points. */
export function drawOn(place: HTMLElement, lines: readonly Line[], pointed: (at: number | undefined) => void): Plot {
  let data: uPlot.AlignedData = [[], ...lines.map(() => [])];
  let plot = draw();
  const scheme = matchMedia(DARK);
  const redraw = (): void => {
    plot.destroy();
    plot = draw();
  };
  const resized = new ResizeObserver(() => plot.setSize(sizeOf(place)));
  resized.observe(place);
  scheme.addEventListener("change", redraw);

  return {
    show(next) {
      data = next;
      plot.setData(data);
    },
    point(at) {
      const left = at === undefined ? -10 : plot.valToPos(at / 1000, "x");
      plot.setCursor({ left, top: at === undefined ? -10 : HEIGHT / 2 }, false);
    },
    remove() {
      resized.disconnect();
      scheme.removeEventListener("change", redraw);
      plot.destroy();
    },
  };

  function draw(): uPlot {
    return new uPlot(optionsOf(place, lines, pointed), data, place);
  }
}

function optionsOf(
  place: HTMLElement,
  lines: readonly Line[],
  pointed: (at: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(place);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: color("quiet"), font: `12px ${style.fontFamily}`, ticks: { show: false } };
  const [{ format }] = lines;
  return {
    ...sizeOf(place),
    padding: [10, 20, 0, 4],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { range: (_, from, to) => (Number.isFinite(to) ? [Math.min(from, to - MIN_SPAN_SECONDS), to] : [from, to]) },
      y: { range: (_, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        space: 80,
        incrs: MARK_DISTANCES_SECONDS,
        values: (_, marks) => marks.map((at) => formatMinute(at * 1000)),
      },
      {
        ...axis,
        size: 78,
        space: 44,
        grid: { stroke: color("grid"), width: 1 },
        values: (_, marks) => marks.map((value) => format(value)),
      },
    ],
    series: [
      {},
      ...lines.map(
        ({ tone }, index): uPlot.Series => ({
          stroke: color(tone),
          width: LINE,
          // Not by colour alone: the first has its area filled, the second is dashed.
          ...(index === 0 ? { fill: color(`${tone}-area`) } : { dash: [6, 4] }),
          points: { show: false },
        }),
      ),
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx, event }, data: [times] }) => {
          // What the keyboard did, the chart knows already.
          if (event === undefined || event === null) return;
          pointed(idx === null || idx === undefined ? undefined : times[idx] * 1000);
        },
      ],
    },
  };
}

function sizeOf(place: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: place.clientWidth, height: HEIGHT };
}

import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { History } from "../../data/page-data.ts";
import { formatTime } from "../../format.ts";
import type { ChartData, Line } from "./chart-data.ts";
import { NumbersTable } from "./numbers-table.tsx";
import { drawOn, type Plot } from "./plot.ts";

/** What a chart shows, and how large it is. */
export interface ChartProps extends ChartData {
  readonly isWide?: boolean;
}

/** A chart that can be read with the mouse, with arrow keys, and as a table. */
export function Chart({ title, lines, history, isWide = false }: ChartProps): ComponentChild {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  /** Milliseconds since 1970 of the row that is pointed at; a time, since rows move on. */
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const last = history.at.length - 1;
  const row = rowAt(history.at, pointed) ?? last;

  useEffect(() => {
    if (place.current === null) return;
    const drawn = drawOn(place.current, lines, (at) => setPointed(at));
    plot.current = drawn;
    return () => drawn.remove();
  }, [lines]);
  useEffect(() => plot.current?.show(dataOf(history, lines)), [history, lines]);

  const point = (to: number): void => {
    const at = history.at[Math.min(last, Math.max(0, to))];
    setPointed(at);
    plot.current?.point(at);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = STEPS[event.key]?.(row, last);
    if (event.key === "Escape") setPointed(undefined);
    if (to === undefined) return;
    event.preventDefault();
    point(to);
  };
  return (
    <section class={`card chart ${isWide ? "wide" : ""}`} aria-label={title}>
      <div class="caption">
        <h2>{title}</h2>
        <p class="readout">
          {lines.map(({ series, name, tone, format }) => (
            <span key={series}>
              <span class={`key ${tone}`} aria-hidden="true" />
              {name} <b>{last < 0 ? "–" : format(history[series][row])}</b>
            </span>
          ))}
          <time>{last < 0 ? "" : row === last ? "now" : formatTime(history.at[row])}</time>
        </p>
      </div>
      {/* A slider over time: arrow keys move it, and a screen reader says the values where it stands. */}
      <div
        ref={place}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${title} over time`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, row)}
        aria-valuetext={inWords(history, lines, row)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setPointed(undefined);
          plot.current?.point(undefined);
        }}
      />
      <NumbersTable title={title} lines={lines} history={history} />
    </section>
  );
}

/** Rows to go to, by key: from the row pointed at, and the last one. Thirty rows are a minute. */
const STEPS: Readonly<Record<string, (row: number, last: number) => number>> = {
  ArrowLeft: (row) => row - 1,
  ArrowDown: (row) => row - 1,
  ArrowRight: (row) => row + 1,
  ArrowUp: (row) => row + 1,
  PageDown: (row) => row - 30,
  PageUp: (row) => row + 30,
  Home: () => 0,
  End: (_, last) => last,
};

function rowAt(times: readonly number[], at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const row = times.findIndex((each) => each >= at);
  return row < 0 ? undefined : row;
}

function inWords(history: History, lines: readonly Line[], row: number): string {
  if (row < 0) return "nothing yet";
  const values = lines.map(({ series, name, format }) => `${name} ${format(history[series][row])}`);
  return `${formatTime(history.at[row])}: ${values.join(", ")}`;
}

function dataOf(history: History, lines: readonly Line[]): uPlot.AlignedData {
  return [history.at.map((at) => at / 1000), ...lines.map(({ series }) => [...history[series]])];
}

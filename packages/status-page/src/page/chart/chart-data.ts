import type { History, Series } from "../../data/page-data.ts";

/** One line of a chart. */
export interface Line {
  readonly series: Series;
  readonly name: string;
  /** Which colour, by the name of a custom property of the style sheet. */
  readonly tone: string;
  readonly format: (value: number) => string;
}

/** What a chart shows. */
export interface ChartData {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly history: History;
}

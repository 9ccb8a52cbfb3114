import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { History, Series } from "../../data/page-data.ts";
import { formatMinute } from "../../format.ts";
import type { ChartData } from "./chart-data.ts";
import { minutesOf } from "./minutes.ts";

/** The numbers of a chart by minute, for people who cannot see it or want to copy them. */
export function NumbersTable({ title, lines, history }: ChartData): ComponentChild {
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Show as table<span class="unseen">: {title}</span>
      </summary>
      {isOpen && (
        <table>
          <caption class="unseen">{title}, mean and maximum of each minute</caption>
          <thead>
            <tr>
              <th scope="col">Minute</th>
              {lines.map(({ series, name }) => (
                <th key={series} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {minutesOf(history).map(({ at, from, to }) => (
              <tr key={at}>
                <th scope="row">{formatMinute(at)}</th>
                {lines.map(({ series, format }) => {
                  const { mean, max } = summarize(history, series, from, to);
                  return (
                    <td key={series}>
                      {format(mean)} <small>max {format(max)}</small>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

function summarize(history: History, series: Series, from: number, to: number): { mean: number; max: number } {
  const values = history[series].slice(from, to);
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, max: Math.max(...values) };
}

/** What one metric is, and how to read it out of its source. */

/** One number of a metric, and the labels that tell it from the others. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** One metric: its name, help, and how to read its samples out of the source. */
export interface Definition<Source> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly type: "counter" | "gauge";
  readonly read: (source: Source) => readonly Sample[];
}

/** A counter, with one sample for each set of labels. */
export function counter<Source>(
  name: string,
  help: string,
  more: { readonly labels?: readonly string[]; readonly read: Definition<Source>["read"] },
): Definition<Source> {
  return { type: "counter", name, help, labels: more.labels ?? [], read: more.read };
}

/** A gauge without labels. */
export function gauge<Source>(name: string, help: string, read: (source: Source) => number): Definition<Source> {
  return { type: "gauge", name, help, labels: [], read: (source) => [[{}, read(source)]] };
}

/** A sample for each of a table of numbers, with the name of each as a label. */
export function byName(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]): Sample => [{ [label]: name }, value]);
}

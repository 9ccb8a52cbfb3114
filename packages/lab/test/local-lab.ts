import { afterAll, beforeAll } from "vitest";
import {
  type LocalOptions,
  ours,
  type RunningLocalTopology,
  type RunningOurs,
  type RunningTranslator,
  startLocal,
} from "../src/index.ts";

/** A topology that is there while the tests of a `describe` run. */
export interface Holder<Running extends RunningTranslator> {
  readonly it: RunningLocalTopology<Running>;
}

/** Brings a topology with v6peerd up for the tests of a `describe`, and down after them. */
export function useLocal(options: Partial<LocalOptions<RunningOurs>> = {}): Holder<RunningOurs> {
  return useTopology({ translator: ours(), ...options });
}

/** The same with any translator. */
export function useTopology<Running extends RunningTranslator>(options: LocalOptions<Running>): Holder<Running> {
  const holder = {} as { it: RunningLocalTopology<Running> };
  beforeAll(async () => {
    holder.it = await startLocal(options);
  });
  afterAll(() => holder.it?.lab.down());
  return holder;
}

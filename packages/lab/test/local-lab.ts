import { afterAll, beforeAll } from "vitest";
import { type LocalOptions, ours, type RunningLocalTopology, type RunningOurs, startLocal } from "../src/index.ts";

/** A running topology whose translator is v6peerd. */
export interface OursTopology extends RunningLocalTopology {
  readonly translator: RunningOurs;
}

/** Brings a topology with v6peerd up for the tests of a `describe`, and down after them. */
export function useLocal(options: Omit<LocalOptions, "translator"> & { translator?: LocalOptions["translator"] }): {
  readonly it: OursTopology;
} {
  const holder = {} as { it: OursTopology };
  beforeAll(async () => {
    holder.it = (await startLocal({ translator: ours(), ...options })) as OursTopology;
  });
  afterAll(() => holder.it?.lab.down());
  return holder;
}

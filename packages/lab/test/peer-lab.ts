import { afterAll, beforeAll } from "vitest";
import { buildPeer, type PeerOptions, type PeerTopology } from "../src/index.ts";

/** A peer topology in which nothing runs, there while the tests of a `describe` run. */
export function usePeerHosts(options: PeerOptions = {}): { readonly it: PeerTopology } {
  const holder = {} as { it: PeerTopology };
  beforeAll(async () => {
    holder.it = await buildPeer(options);
  });
  afterAll(() => holder.it?.lab.down());
  return holder;
}

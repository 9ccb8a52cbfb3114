import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import {
  buildPeer,
  oursOver,
  type PeerOptions,
  type PeerPathOptions,
  type PeerTopology,
  type RunningPeerPath,
  type RunningPeerTopology,
  startPeer,
} from "../src/index.ts";

/** One of the lab's own endpoints. */
export const endpoint = (name: string): string =>
  fileURLToPath(new URL(`../dist/endpoints/${name}.js`, import.meta.url));

/** A peer topology in which nothing runs, there while the tests of a `describe` run. */
export function usePeerHosts(options: PeerOptions = {}): { readonly it: PeerTopology } {
  const holder = {} as { it: PeerTopology };
  beforeAll(async () => {
    holder.it = await buildPeer(options);
  });
  afterAll(() => holder.it?.lab.down());
  return holder;
}

/** A topology in which our peer path is up. */
export type PeerPath = RunningPeerTopology<RunningPeerPath>;

/** Our peer path, up while the tests of a `describe` run. */
export function usePeerPath(
  path: PeerPathOptions,
  options: Omit<PeerOptions, "relay"> = {},
): { readonly it: PeerPath } {
  const holder = {} as { it: PeerPath };
  beforeAll(async () => {
    holder.it = await startPeer(oursOver(path), options);
  });
  afterAll(() => holder.it?.lab.down());
  return holder;
}

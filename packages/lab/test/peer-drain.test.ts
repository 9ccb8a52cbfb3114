import { beforeAll, describe, expect, it } from "vitest";
import { exitsOf, monotonicNow, type RunningV4Peer, startEchoServer, Ticker, V4PEER } from "../src/index.ts";
import { eventually, holdsWithin } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const SECONDS = 6;

describe.skipIf(!isRoot)("an IPv4 peer that is told to go", () => {
  const path = usePeerPath({ relay: "cone" }, { nats: ["port-restricted", "port-restricted"] });
  let running: Ticker;
  beforeAll(async () => {
    await startEchoServer(path.it.server);
    running = await Ticker.start(path.it.client, path.it.serverNat64);
  });

  const exits = () => exitsOf(path.it.translator.v6peers[0]);
  const drain = ({ host, controlSocket }: RunningV4Peer, within: number) =>
    host.run([...V4PEER, "drain", "--within", String(within), "--json", "--socket", controlSocket]);

  it("lets open sessions continue to their end, and accepts no new clients meanwhile", async () => {
    const [{ selector, peer }] = (await exits()).filter(({ sessions }) => sessions > 0);
    const { v4peers } = path.it.translator;
    const inUse = await findPeer(v4peers, peer);
    const since = monotonicNow();
    const ending = drain(inUse, SECONDS);
    await eventually("the exit drains", async () =>
      (await exits()).some((exit) => exit.peer === peer && exit.isDraining),
    );
    const ticks = running.ticks;
    await eventually("the connection goes on", () => running.ticks > ticks + 5);
    expect(running.ended).toBeUndefined();
    const { stdout, code } = await ending;
    expect(code).toBe(0);
    expect(stdout.trim().split("\n").at(-1)).toBe('{"state":"ended"}');
    expect(monotonicNow() - since).toBeGreaterThanOrEqual(SECONDS * 1000);
    await holdsWithin(5, "an exit that has drained is gone", monotonicNow(), async () =>
      (await exits()).every((exit) => exit.selector !== selector),
    );
    const next = await Ticker.start(path.it.client, path.it.serverNat64);
    await eventually("a new connection works", () => next.ticks > 3);
  });

  it("and stops at once on SIGTERM, without waiting for a path that is down", async () => {
    const [{ peer }] = await exits();
    const left = await findPeer(path.it.translator.v4peers, peer);
    const since = monotonicNow();
    await left.stop();
    await holdsWithin(3, "the exit of an IPv4 peer that was stopped is gone", since, async () =>
      (await exits()).every((exit) => exit.peer !== peer),
    );
  });

  /** The IPv4 peer with an id. */
  async function findPeer(v4peers: readonly RunningV4Peer[], id: string): Promise<RunningV4Peer> {
    for (const each of v4peers) {
      const { stdout } = await each.host.run([...V4PEER, "status", "--json", "--socket", each.controlSocket]);
      if (stdout.includes(`"peerId": "${id}"`)) return each;
    }
    throw new Error(`no IPv4 peer is ${id}`);
  }
});

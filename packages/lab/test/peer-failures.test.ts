import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import {
  exitsOf,
  monotonicNow,
  moreClients,
  startCoordinator,
  startEchoServer,
  startWebServer,
  Ticker,
  Transfer,
  urlOf,
} from "../src/index.ts";
import { eventually, holdsWithin, tookAtMost } from "./measured.ts";
import { type PeerPath, usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const BYTES = 3_000_000;
const SHA256 = createHash("sha256").update(payload(BYTES)).digest("hex");

/** One client's way through one IPv6 peer, with a connection over it that is in use all the time. */
interface Way {
  readonly from: string;
  readonly to: string;
  /** The public address of the IPv4 peer that it leaves through: a client keeps its exit while it has connections. */
  exit: string;
  readonly ticker: Ticker;
}

/** What the server sees of a new connection; "" when there is none within a second. */
async function sourceOf({ client }: PeerPath, from: string, to: string): Promise<string> {
  const argv = ["curl", "-gsS", "--max-time", "1", "--interface", from, urlOf(to)];
  return /^Hello (\S+)!/.exec((await client.run(argv)).stdout)?.[1] ?? "";
}

describe.skipIf(!isRoot)("two IPv6 peers that share three IPv4 peers", () => {
  const path = usePeerPath({ relay: "cone" }, { v6peers: 2, nats: ["port-restricted", "full-cone", "symmetric"] });
  let ways: Way[];
  beforeAll(async () => {
    const { client, server, serverIpv4, v6peers } = path.it;
    await startWebServer(server);
    await startEchoServer(server);
    // So many that each exit has some of them, except in one of 5,000 runs.
    const clients = await moreClients(path.it, 12);
    const all = clients.flatMap((from) => v6peers.map(({ nat64 }) => ({ from, to: `${nat64}${serverIpv4}` })));
    ways = await Promise.all(
      all.map(async ({ from, to }) => {
        const ticker = await Ticker.start(client, to, from);
        return { from, to, ticker, exit: await sourceOf(path.it, from, to) };
      }),
    );
  });
  const isReached = async ({ from, to }: Way): Promise<boolean> => (await sourceOf(path.it, from, to)) !== "";
  const areReached = async (those: readonly Way[]): Promise<boolean> =>
    (await Promise.all(those.map(isReached))).every(Boolean);
  const transferOver = ({ from, to }: Way, name: string): Promise<Transfer> => {
    const { client, lab } = path.it;
    const file = `${lab.directory}/${name}`;
    return Transfer.start({ client, target: to, from, bytes: BYTES, bytesPerSecond: 250_000, file });
  };

  it("have a path through each of them", async () => {
    for (const v6peer of path.it.translator.v6peers) {
      expect((await exitsOf(v6peer)).map(({ state }) => state)).toEqual(["up", "up", "up"]);
    }
    expect(await areReached(ways)).toBe(true);
  });

  it("keep running connections, and make new ones, while the coordinator is away; all register again when it is back", async () => {
    const { coordinator, v6peers, v4peers } = path.it.translator;
    const from = monotonicNow();
    const transfer = await transferOver(ways[0], "while-away");
    coordinator.process.signal("SIGKILL");
    await coordinator.process.ended();
    await sleep(5_000); // what is tried here: five seconds without a coordinator
    expect(await areReached(ways)).toBe(true);
    const back = monotonicNow();
    const again = await startCoordinator(path.it);
    const registered = async (role: string): Promise<number> =>
      (await again.metrics()).get(`coordinator_peers{role="${role}",state="registered"}`) ?? 0;
    const allAre = async (): Promise<boolean> =>
      (await registered("v6peer")) === v6peers.length &&
      (await registered("v4peer")) === v4peers.length &&
      (await again.metrics()).get("coordinator_pairs") === v6peers.length * v4peers.length;
    await holdsWithin(30, "the coordinator is back: all peers are registered, with their pairs", back, allAre);
    for (const { ticker } of ways) await ticker.goesOn();
    const silence = Math.max(...ways.map(({ ticker }) => ticker.longestSilence(from)));
    tookAtMost(2, "the coordinator was away: longest silence of a running connection", silence);
    expect(await transfer.sha256()).toBe(SHA256);
  });

  // What takes a path from "up" to "down" is the same in both: four probes of a second each. Then, if the coordinator saw the
  // connection end, nothing can come back; otherwise the pair waits 15 s for a fresh address. No bound is asked for that.
  it.each([
    ["is killed without a word", 10, (v4peer: number) => killV4Peer(v4peer)],
    ["loses its network without a word", 30, (v4peer: number) => cutOff(v4peer)],
  ] as const)(
    "go on when an IPv4 peer %s: its connections are reset, all others are not disturbed",
    async (how, bound, lose) => {
      const alive = ways.filter(({ ticker }) => ticker.ended === undefined);
      for (const way of alive) way.exit = await sourceOf(path.it, way.from, way.to);
      const over = (exit: string): Way[] => alive.filter((way) => way.exit === exit);
      // The one that is used most.
      const { v4peers } = path.it;
      const [victim] = v4peers.toSorted((a, b) => over(b.publicIpv4).length - over(a.publicIpv4).length);
      const broken = over(victim.publicIpv4);
      const rest = alive.filter((way) => way.exit !== victim.publicIpv4);
      expect(rest.length).toBeGreaterThan(0);
      const brokenTransfer = await transferOver(broken[0], "over-the-victim");
      const transfers = await Promise.all(rest.map((way, i) => transferOver(way, `beside-${i}`)));
      await eventually("all transfers have begun", () =>
        [brokenTransfer, ...transfers].every(({ hasBegun }) => hasBegun),
      );

      const lost = monotonicNow();
      await lose(v4peers.indexOf(victim));
      const what = `an IPv4 peer ${how}`;
      await holdsWithin(5, `${what}: new connections of its clients work`, lost, () => areReached(broken));
      expect(await areReached(rest)).toBe(true);
      await eventually("connections over it have ended", () => broken.every(({ ticker }) => ticker.ended));
      expect(broken.map(({ ticker }) => ticker.ended)).toEqual(broken.map(() => "ECONNRESET"));
      const reset = Math.max(...broken.map(({ ticker }) => ticker.endedAt as number)) - lost;
      tookAtMost(bound, `${what}: its old connections are reset`, reset);
      await expect(brokenTransfer.sha256()).rejects.toThrow(/reset/i);

      for (const { ticker } of rest) await ticker.goesOn();
      const silence = Math.max(...rest.map(({ ticker }) => ticker.longestSilence(lost)));
      tookAtMost(2, `${what}: longest silence of a connection over another`, silence);
      for (const transfer of transfers) expect(await transfer.sha256()).toBe(SHA256);
    },
  );

  async function killV4Peer(number: number): Promise<void> {
    path.it.translator.v4peers[number].process.signal("SIGKILL");
  }

  async function cutOff(number: number): Promise<void> {
    const { host, device } = path.it.v4peers[number];
    await host.ip(`link set ${device} down`);
  }
});

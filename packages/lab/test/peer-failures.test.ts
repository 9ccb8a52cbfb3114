import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  changeMapping,
  exitsOf,
  moreClients,
  pathsUp,
  startCoordinator,
  startEchoServer,
  startMiredoRelay,
  startWebServer,
  Ticker,
  urlOf,
} from "../src/index.ts";
import { type PeerPath, usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

/** Waits until something holds; the limit ends what hangs, and is no measurement. */
async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`after ${seconds} s still not so: ${what}`);
    await sleep(100);
  }
}

/** Whether a new connection to the server works. */
async function isReached({ client, serverIpv4 }: PeerPath, nat64: string, from: string): Promise<boolean> {
  const url = urlOf(`${nat64}${serverIpv4}`);
  const argv = ["curl", "-gsS", "-o", "/dev/null", "--max-time", "2", "--interface", from, url];
  return (await client.run(argv)).code === 0;
}

describe.skipIf(!isRoot)("two IPv6 peers that share three IPv4 peers", () => {
  const path = usePeerPath({ relay: "cone" }, { v6peers: 2, nats: ["port-restricted", "full-cone", "symmetric"] });
  let clients: string[];
  let tickers: Ticker[];
  beforeAll(async () => {
    const { client, server, serverIpv4, v6peers } = path.it;
    await startWebServer(server);
    await startEchoServer(server);
    clients = await moreClients(path.it, 8);
    const ways = clients.flatMap((from) => v6peers.map(({ nat64 }) => ({ from, to: `${nat64}${serverIpv4}` })));
    tickers = await Promise.all(ways.map(({ from, to }) => Ticker.start(client, to, from)));
  });
  const allAreReached = async (): Promise<boolean> => {
    const ways = clients.flatMap((from) => path.it.v6peers.map(({ nat64 }) => isReached(path.it, nat64, from)));
    return (await Promise.all(ways)).every(Boolean);
  };

  it("have a path through each of them", async () => {
    for (const v6peer of path.it.translator.v6peers) {
      expect((await exitsOf(v6peer)).map(({ state }) => state)).toEqual(["up", "up", "up"]);
    }
    expect(await allAreReached()).toBe(true);
  });

  it("keep running connections, and make new ones, while the coordinator is away; all register again when it is back", async () => {
    const { coordinator, v6peers, v4peers } = path.it.translator;
    coordinator.process.signal("SIGKILL");
    await coordinator.process.ended();
    await sleep(5_000);
    for (const ticker of tickers) await ticker.goesOn();
    expect(await allAreReached()).toBe(true);
    const again = await startCoordinator(path.it);
    const registered = async (role: string): Promise<number> =>
      (await again.metrics()).get(`coordinator_peers{role="${role}",state="registered"}`) ?? 0;
    await until("all peers are registered", 60, async () => {
      return (await registered("v6peer")) === v6peers.length && (await registered("v4peer")) === v4peers.length;
    });
    await until("all pairs are known", 60, async () => (await again.metrics()).get("coordinator_pairs") === 6);
    for (const ticker of tickers) await ticker.goesOn();
  });

  it("go on when one IPv4 peer is killed without a word: its connections are reset, all others are not disturbed", async () => {
    const [victim] = path.it.translator.v4peers;
    victim.process.signal("SIGKILL");
    await until("new connections work for everybody", 30, allAreReached);
    await until("connections over the dead exit have ended", 60, async () => tickers.some(({ ended }) => ended));
    await sleep(1_000);
    const ended = tickers.filter((ticker) => ticker.ended !== undefined);
    for (const { ended: how } of ended) expect(how).toBe("ECONNRESET");
    const rest = tickers.filter((ticker) => ticker.ended === undefined);
    expect(rest.length).toBeGreaterThan(0);
    for (const ticker of rest) await ticker.goesOn();
  });
});

describe.skipIf(!isRoot)("a Miredo relay that is started again", () => {
  const path = usePeerPath({ relay: "cone" });

  it("finds its paths back", async () => {
    const { lab, relay, relayIpv4, server, translator, v6peers, clientIpv6 } = path.it;
    await startWebServer(server);
    await translator.relay!.stop();
    const [v6peer] = translator.v6peers;
    await until("the path is down", 30, async () => (await exitsOf(v6peer))[0].state === "down");
    await startMiredoRelay(lab, relay!, relayIpv4, "cone");
    await pathsUp(v6peer, 1, 90_000);
    expect(await isReached(path.it, v6peers[0].nat64, clientIpv6)).toBe(true);
  });
});

describe.skipIf(!isRoot).each(["cone", "builtin"] as const)("a NAT whose mappings change, with relay %s", (relay) => {
  const path = usePeerPath({ relay });

  it("does not end a connection that is in use", async () => {
    const { client, server, serverNat64, v4peers, translator } = path.it;
    await startEchoServer(server);
    const ticker = await Ticker.start(client, serverNat64);
    const [before] = await exitsOf(translator.v6peers[0]);
    await changeMapping(v4peers[0].home!.natOptions, "50000-50999");
    await ticker.goesOn(60_000);
    expect(ticker.ended).toBeUndefined();
    await until("the pair has another address", 60, async () => {
      const [{ teredo, state }] = await exitsOf(translator.v6peers[0]);
      return state === "up" && teredo !== before.teredo;
    });
    await ticker.goesOn();
  });
});

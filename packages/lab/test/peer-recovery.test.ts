import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import {
  changeMapping,
  exitsOf,
  monotonicNow,
  type RunningMiredo,
  startEchoServer,
  startMiredoRelay,
  startV6Peer,
  startWebServer,
  Ticker,
  Transfer,
  urlOf,
} from "../src/index.ts";
import { eventually, holdsWithin } from "./measured.ts";
import { type PeerPath, usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const BYTES = 3_000_000;
const SHA256 = createHash("sha256").update(payload(BYTES)).digest("hex");

async function isReached({ client, serverNat64 }: PeerPath): Promise<boolean> {
  const argv = ["curl", "-gsS", "-o", "/dev/null", "--max-time", "1", urlOf(serverNat64)];
  return (await client.run(argv)).code === 0;
}

describe.skipIf(!isRoot).each(["cone", "restricted"] as const)(
  "a Miredo relay in mode %s that is restarted",
  (mode) => {
    const path = usePeerPath({ relay: mode });
    let relay: RunningMiredo;
    let ticker: Ticker;
    beforeAll(async () => {
      await startWebServer(path.it.server);
      await startEchoServer(path.it.server);
      relay = path.it.translator.relay as RunningMiredo;
      ticker = await Ticker.start(path.it.client, path.it.serverNat64);
    });
    const startAgain = async (): Promise<void> => {
      const { lab, relay: host, relayIpv4 } = path.it;
      relay = await startMiredoRelay(lab, host!, relayIpv4, mode);
    };
    const stop = async (): Promise<void> => {
      await relay.stop();
      await eventually("all of its processes have ended", async () => (await relay.pids()).length === 0);
    };
    const state = async (): Promise<string> => (await exitsOf(path.it.translator.v6peers[0]))[0].state;

    it("at once: the path is back, and an open connection continues", async () => {
      await stop();
      const started = monotonicNow();
      await startAgain();
      const what = `a Miredo relay in mode ${mode} is restarted: a new connection works`;
      await holdsWithin(60, what, started, () => isReached(path.it));
      await ticker.goesOn(60_000);
      expect(await state()).toBe("up");
    });

    it("when the path has long been down: the path is back", async () => {
      await stop();
      await eventually("the path is down", async () => (await state()) === "down");
      const started = monotonicNow();
      await startAgain();
      const what = `a Miredo relay in mode ${mode} is there again after its paths went down: they are up`;
      await holdsWithin(60, what, started, async () => (await state()) === "up");
      expect(await isReached(path.it)).toBe(true);
    });
  },
);

describe.skipIf(!isRoot)("an IPv6 peer with the built-in relay that is killed and started again", () => {
  const path = usePeerPath({ relay: "builtin" });

  it("finds its paths back", async () => {
    const { translator, v6peers, server } = path.it;
    await startWebServer(server);
    const [before] = await exitsOf(translator.v6peers[0]);
    translator.v6peers[0].process.signal("SIGKILL");
    await translator.v6peers[0].process.ended();
    const started = monotonicNow();
    const again = await startV6Peer(path.it, v6peers[0], translator.coordinator, { relay: "builtin" });
    const isUp = async (): Promise<boolean> => (await exitsOf(again)).some((exit) => exit.state === "up");
    await holdsWithin(60, "v6peerd with its relay is restarted: its path is up", started, isUp);
    expect(await isReached(path.it)).toBe(true);
    expect((await exitsOf(again))[0].selector).toBe(before.selector);
  });
});

describe.skipIf(!isRoot).each(["cone", "builtin"] as const)("a NAT whose mappings change, with relay %s", (relay) => {
  const path = usePeerPath({ relay });

  it("does not end a transfer, nor a connection that is in use", async () => {
    const { client, lab, server, serverNat64, v4peers, translator } = path.it;
    await startWebServer(server);
    await startEchoServer(server);
    const ticker = await Ticker.start(client, serverNat64);
    const rate = { bytes: BYTES, bytesPerSecond: 300_000 };
    const transfer = await Transfer.start({ client, target: serverNat64, ...rate, file: `${lab.directory}/transfer` });
    await ticker.goesOn();
    const [before] = await exitsOf(translator.v6peers[0]);
    const changed = monotonicNow();
    await changeMapping(v4peers[0].home!.natOptions, "50000-50999");
    expect(transfer.running).toBe(true);
    await holdsWithin(
      60,
      `the NAT's mappings change, relay ${relay}: the pair is up at another address`,
      changed,
      async () => {
        const [{ teredo, state }] = await exitsOf(translator.v6peers[0]);
        return state === "up" && teredo !== before.teredo;
      },
    );
    await ticker.goesOn(60_000);
    expect(await transfer.sha256()).toBe(SHA256);
  });
});

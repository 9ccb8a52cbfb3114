import { setTimeout as sleep } from "node:timers/promises";
import { bytesOf, parseIPv6 } from "@nat64/rfc6052";
import { makeBubble, makeRouterSolicitation } from "@nat64/teredo";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addStranger,
  Capture,
  exitsOf,
  type RunningDaemon,
  type Sighting,
  type Stranger,
  sendUdp,
  startEchoServer,
  Ticker,
} from "../src/index.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const NONCE_ADDRESS = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 9, 8, 7, 6, 5, 4, 3, 2);
const UDP_OVER_IPV4 = 28;
const TCP = 6;
/** Offsets in a probe (PROTOCOL.md §12): the message's number and the first byte of the MAC. */
const NUMBER = 54;
const MAC = 104;
const PROBE_LENGTH = 120;

const isProbe = (payload: Uint8Array): boolean =>
  payload.length === PROBE_LENGTH && Buffer.from(payload.subarray(48, 52)).toString() === "N64P";
const changed = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

// With a full cone everybody reaches the IPv4 peer's socket.
describe.skipIf(!isRoot)("a host that is no relay of the pair", () => {
  const path = usePeerPath({ relay: "cone" }, { nats: ["full-cone"] });
  let stranger: Stranger;
  let ticker: Ticker;
  beforeAll(async () => {
    stranger = await addStranger(path.it);
    await startEchoServer(path.it.server);
    ticker = await Ticker.start(path.it.client, path.it.serverNat64);
  });

  const v4peer = (): RunningDaemon => path.it.translator.v4peers[0];
  /** How often the IPv4 peer dropped something for this reason, in its loop or in its machine. */
  const dropped = async (reason: string): Promise<number> =>
    [...(await v4peer().metrics())]
      .filter(([name]) => name.startsWith("v4peer_drops_total"))
      .filter(([name]) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).includes(`"${reason}"`))
      .reduce((sum, [, value]) => sum + value, 0);
  const socket = (): string => `${path.it.v4peers[0].publicIpv4}:${path.it.v4peers[0].udpPort}`;
  const send = (payload: Uint8Array) => sendUdp(stranger.host, 3545, payload, socket());

  /** What Teredo carries at the IPv4 peer's door, either way, as soon as something such as is wanted comes by. */
  async function overhear(isWanted: (payload: Uint8Array) => boolean): Promise<Uint8Array> {
    const { lab, r4 } = path.it;
    const payloadOf = ({ ip }: Sighting): Uint8Array => ip.subarray(UDP_OVER_IPV4);
    for (let tries = 0; tries < 30; tries++) {
      const capture = await Capture.start(lab.directory, [{ host: r4, device: "to-nat1", direction: "inout" }]);
      await sleep(1_000);
      const found = (await capture.stop())
        .filter(({ headers }) => headers.carried)
        .findLast((each) => isWanted(payloadOf(each)));
      if (found !== undefined) return payloadOf(found);
    }
    throw new Error("nothing such was overheard");
  }

  /** Sends it, sees it dropped with this reason and unanswered, and that all else goes on. */
  async function isRefused(payload: Uint8Array, reason: string): Promise<void> {
    const before = await dropped(reason);
    expect(await send(payload)).toEqual([]);
    expect((await dropped(reason)) - before).toBe(1);
    await ticker.goesOn();
  }

  it("sends data that somebody else's relay may send: refused and counted", async () => {
    await isRefused(
      await overhear((payload) => payload[6] === TCP && payload[8] === 0x20 && payload[9] === 1 && payload[10] !== 0),
      "relay-not-validated",
    );
  });

  it("sends a probe again: replayed", async () => {
    await isRefused(await overhear((payload) => isProbe(payload) && payload[NUMBER] === 1), "replayed");
  });

  it("sends a probe with a wrong MAC: refused and counted", async () => {
    const probe = await overhear((payload) => isProbe(payload) && payload[NUMBER] === 1);
    await isRefused(changed(probe, MAC), "wrong-checksum");
    // With the checksum mended, as who changes bytes on purpose would.
    const mended = changed(changed(probe, MAC), MAC + 2);
    mended[MAC] = probe[MAC] + 1;
    mended[MAC + 2] = probe[MAC + 2] - 1;
    await isRefused(mended, "wrong-mac");
  });

  it("sends the IPv4 peer's own answer back to it: turned round", async () => {
    const answer = await overhear((payload) => isProbe(payload) && payload[NUMBER] === 2);
    const back = Uint8Array.from(answer);
    back.set(answer.subarray(8, 24), 24);
    back.set(answer.subarray(24, 40), 8);
    await isRefused(back, "turned-round");
  });

  it("sends the third message of an exchange that went through another relay: wrong relay", async () => {
    const { r6, v6peers } = path.it;
    // (3) does not reach the relay, so that it is still good when the stranger has it.
    await r6.must(["nft", "add table ip6 third"]);
    await r6.must(["nft", "add chain ip6 third arriving { type filter hook prerouting priority filter; }"]);
    const third = `add rule ip6 third arriving iifname to-${v6peers[0].host.name} icmpv6 type echo-request @th,112,8 3 drop`;
    await r6.must(["nft", third]);
    const { lab } = path.it;
    let probe: Uint8Array | undefined;
    for (let tries = 0; tries < 30 && probe === undefined; tries++) {
      const capture = await Capture.start(lab.directory, [
        { host: v6peers[0].host, device: "to-r6", direction: "out" },
      ]);
      await sleep(1_000);
      probe = (await capture.stop()).findLast(({ ip }) => isProbe(ip) && ip[NUMBER] === 3)?.ip;
    }
    await r6.must(["nft", "delete table ip6 third"]);
    await isRefused(probe as Uint8Array, "wrong-relay");
  });

  it("sends bytes that are no Teredo: refused and counted", async () => {
    await isRefused(Buffer.alloc(64, "?"), "malformed");
  });

  it("sends a bubble straight to the IPv4 peer: refused and counted", async () => {
    const [{ teredo }] = await exitsOf(path.it.translator.v6peers[0]);
    await isRefused(makeBubble(NONCE_ADDRESS, bytesOf(parseIPv6(teredo as string))), "uninvited-bubble");
  });

  it("floods the coordinator with bubbles: the IPv4 peer sends it four at most", async () => {
    const [{ teredo }] = await exitsOf(path.it.translator.v6peers[0]);
    const bubble = makeBubble(NONCE_ADDRESS, bytesOf(parseIPv6(teredo as string)));
    const flood = Array.from({ length: 300 }, () => `${path.it.coordinatorIpv4[0]}:3544`);
    const answers = await sendUdp(stranger.host, 3545, bubble, ...flood);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.length).toBeLessThanOrEqual(4);
    const metrics = await path.it.translator.coordinator.metrics();
    const held = [...metrics].filter(([name]) => /bubbles_total\{fate="(source|target)-rate"|server-rate/.test(name));
    expect(held.reduce((sum, [, value]) => sum + value, 0)).toBeGreaterThan(100);
    await ticker.goesOn();
  });

  it("solicits without a key: not answered, and the IPv4 peer's mapping stays", async () => {
    const [before] = await exitsOf(path.it.translator.v6peers[0]);
    const answers = await sendUdp(
      stranger.host,
      3545,
      makeRouterSolicitation(NONCE_ADDRESS),
      `${path.it.coordinatorIpv4[0]}:3544`,
    );
    expect(answers).toEqual([]);
    expect((await exitsOf(path.it.translator.v6peers[0]))[0].teredo).toBe(before.teredo);
    await ticker.goesOn();
  });
});

import { randomBytes } from "node:crypto";
import { bytesOf, parseIPv6 } from "@nat64/rfc6052";
import { makeBubble, makeRouterSolicitation } from "@nat64/teredo";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addStranger,
  Capture,
  type CapturePoint,
  converse,
  exitsOf,
  oursOver,
  type RunningPeerPath,
  type Stranger,
  sendForgedUdp,
  sendUdp,
  startEchoServer,
  Ticker,
} from "../src/index.ts";
import { counted, risen } from "./counted.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";
import {
  isDataTo,
  isProbe,
  lastCarried,
  NONCE_ADDRESS,
  overhear,
  payloadOf,
  teredoAddress,
  turnedRound,
  withAddress,
  withWrongMac,
} from "./teredo-traffic.ts";

/** Global unicast nowhere, not even in a lab: what was the anycast address of 6to4 relays (RFC 7526). */
const NOT_GLOBAL = { address: "192.88.99.1", port: 3545 };

// With a full cone everybody reaches the IPv4 peer's socket.
describe.skipIf(!isRoot)("a host that is not a relay of the pair", () => {
  const hosts = usePeerHosts({ nats: ["full-cone"] });
  let translator: RunningPeerPath;
  let stranger: Stranger;
  let ticker: Ticker;
  /** An authenticated Router Solicitation of the IPv4 peer, and messages 1 and 2 of an exchange of probes. */
  let solicitation: Uint8Array;
  let question: Uint8Array;
  let answer: Uint8Array;
  let door: CapturePoint;
  let server: string;
  beforeAll(async () => {
    const { lab, r4, coordinatorIpv4, client, serverNat64 } = hosts.it;
    door = { host: r4, device: "to-nat1", direction: "inout" };
    server = `${coordinatorIpv4[0]}:3544`;
    const capture = await Capture.start(lab.directory, [door]);
    translator = await oursOver({ relay: "cone" }).start(hosts.it);
    const isSolicitation = (payload: Uint8Array): boolean => payload[0] === 0 && payload[1] === 1;
    const seen = await capture.stop();
    question = lastCarried((packet) => isProbe(packet, 1))(seen) as Uint8Array;
    answer = lastCarried((packet) => isProbe(packet, 2))(seen) as Uint8Array;
    solicitation = seen
      .filter(({ headers }) => headers.destination === coordinatorIpv4[0] && headers.destinationPort === 3544)
      .map(payloadOf)
      .findLast(isSolicitation) as Uint8Array;
    stranger = await addStranger(hosts.it);
    await startEchoServer(hosts.it.server);
    ticker = await Ticker.start(client, serverNat64);
  });

  /** How often the IPv4 peer dropped something for this reason, in its loop or in its machine. */
  const dropped = async (reason: string): Promise<number> =>
    [...(await translator.v4peers[0].metrics())]
      .filter(([name]) => name.startsWith("v4peer_drops_total"))
      .filter(([name]) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).includes(`"${reason}"`))
      .reduce((sum, [, value]) => sum + value, 0);
  const teredo = async (): Promise<string> => (await exitsOf(translator.v6peers[0]))[0].teredo as string;
  const socket = (): string => `${hosts.it.v4peers[0].publicIpv4}:${hosts.it.v4peers[0].udpPort}`;
  const listen = (isWanted: (packet: Uint8Array) => boolean) => overhear(hosts.it.lab, door, lastCarried(isWanted));
  const coordinatorCounted = (name: string, what: () => Promise<unknown>, expected?: number): Promise<number> =>
    counted(translator.coordinator, `coordinator_${name}`, what, expected);

  /** Sends it, sees it dropped with this reason and unanswered, and that all else goes on. */
  async function isRefused(payload: Uint8Array, reason: string): Promise<void> {
    const send = async () => expect(await sendUdp(stranger.host, 3545, payload, socket())).toEqual([]);
    expect(await risen(() => dropped(reason), send)).toBe(1);
    await ticker.goesOn();
  }

  it("sends data that somebody else's relay may send: refused and counted", async () => {
    await isRefused(await listen(isDataTo), "relay-not-validated");
  });

  it.each([
    ["a server in 10/8", { server: "10.0.0.1" }],
    ["a mapped address in 127/8", { mappedAddress: "127.0.0.1" }],
    ["a mapped address in 192.168/16", { mappedAddress: "192.168.1.20" }],
  ])("sends data to a Teredo address with %s: refused and counted", async (_, bad) => {
    const { coordinatorIpv4, v4peers } = hosts.it;
    const good = { server: coordinatorIpv4[0], mappedAddress: v4peers[0].publicIpv4, mappedPort: v4peers[0].udpPort };
    const data = withAddress(await listen(isDataTo), "destination", teredoAddress({ ...good, ...bad }));
    await isRefused(data, "unknown-destination");
  });

  it("sends a probe again: replayed; with a source that is not global: not even looked at", async () => {
    await isRefused(question, "replayed");
    const forge = () => sendForgedUdp(stranger.host, NOT_GLOBAL, question, socket());
    expect(await risen(() => dropped("relay-not-global"), forge)).toBe(1);
  });

  it("sends a probe with a wrong MAC: refused and counted", async () => {
    const { flipped, mended } = withWrongMac(question);
    await isRefused(flipped, "wrong-checksum");
    await isRefused(mended, "wrong-mac");
  });

  it("sends the IPv4 peer's own answer back to it: turned round", async () => {
    await isRefused(turnedRound(answer), "turned-round");
  });

  it("sends the third message of an exchange that went through another relay: wrong relay", async () => {
    const { lab, r6, v6peers } = hosts.it;
    // (3) does not reach the relay, so that it is still good when the stranger has it.
    await r6.must(["nft", "add table ip6 third"]);
    await r6.must(["nft", "add chain ip6 third arriving { type filter hook prerouting priority filter; }"]);
    const third = `add rule ip6 third arriving iifname to-${v6peers[0].host.name} icmpv6 type echo-request @th,112,8 3 drop`;
    await r6.must(["nft", third]);
    const point = { host: v6peers[0].host, device: "to-r6", direction: "out" } as const;
    const probe = await overhear(lab, point, (seen) => seen.map(({ ip }) => ip).findLast((ip) => isProbe(ip, 3)));
    await r6.must(["nft", "delete table ip6 third"]);
    await isRefused(probe, "wrong-relay");
  });

  it("sends bytes that are not Teredo: refused and counted", async () => {
    await isRefused(Buffer.alloc(64, "?"), "malformed");
  });

  it("sends a bubble straight to the IPv4 peer: refused and counted", async () => {
    await isRefused(makeBubble(NONCE_ADDRESS, bytesOf(parseIPv6(await teredo()))), "uninvited-bubble");
  });

  it("floods the coordinator with bubbles: the IPv4 peer sends it four at most", async () => {
    const bubble = makeBubble(NONCE_ADDRESS, bytesOf(parseIPv6(await teredo())));
    const answers = await sendUdp(stranger.host, 3545, bubble, ...Array.from({ length: 300 }, () => server));
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.length).toBeLessThanOrEqual(4);
    const held = async (): Promise<number> =>
      [...(await translator.coordinator.metrics())]
        .filter(([name]) => /bubbles_total\{fate="(source|target|way)-rate"|server-rate/.test(name))
        .reduce((sum, [, value]) => sum + value, 0);
    await expect.poll(held).toBeGreaterThan(100);
    await ticker.goesOn();
  });

  it("sends the coordinator a bubble from a source that is not global: refused and counted", async () => {
    const bubble = makeBubble(NONCE_ADDRESS, bytesOf(parseIPv6(await teredo())));
    const forge = () => sendForgedUdp(stranger.host, NOT_GLOBAL, bubble, server);
    expect(await coordinatorCounted('teredo_drops_total{reason="source-not-global"}', forge)).toBe(1);
    await ticker.goesOn();
  });

  it("sends the IPv4 peer's own registration again, from its address and from a forged one: the mapping stays", async () => {
    const before = await teredo();
    const proven = await coordinatorCounted(
      "mappings_proven_total",
      async () => {
        const answered = await coordinatorCounted(
          "advertisements_total",
          async () => {
            // It has a good authentication, so it is answered: to whoever seems to have sent it, with a nonce that counts over TLS only.
            expect(await sendUdp(stranger.host, 3546, solicitation, server)).toHaveLength(1);
            const [, other] = stranger.ipv4;
            await sendForgedUdp(stranger.host, { address: hosts.it.serverIpv4, port: 3546 }, solicitation, server);
            await sendUdp(stranger.host, `${other}:3546`, solicitation, server);
          },
          3,
        );
        expect(answered).toBeGreaterThanOrEqual(3);
        const forge = () => sendForgedUdp(stranger.host, NOT_GLOBAL, solicitation, server);
        expect(await coordinatorCounted('teredo_drops_total{reason="source-not-global"}', forge)).toBe(1);
      },
      0,
    );
    expect(proven).toBe(0);
    expect(await teredo()).toBe(before);
    await ticker.goesOn();
  });

  it("solicits without a key, and with a wrong one: not answered, counted, and the mapping stays", async () => {
    const before = await teredo();
    const solicit = (payload: Uint8Array) => async () =>
      expect(await sendUdp(stranger.host, 3545, payload, server)).toEqual([]);
    const bare = 'teredo_drops_total{reason="not-authenticated"}';
    expect(await coordinatorCounted(bare, solicit(makeRouterSolicitation(NONCE_ADDRESS)))).toBe(1);
    // The last byte of the authentication value: indicator 2, two lengths, a token of 16, a value of 32.
    const wrong = Uint8Array.from(solicitation);
    wrong[4 + 16 + 31] ^= 1;
    expect(await coordinatorCounted("solicitations_refused_total", solicit(wrong))).toBe(1);
    expect(await teredo()).toBe(before);
    await ticker.goesOn();
  });

  it("sends invalid messages to the coordinator: refused and counted, while the peers stay registered", async () => {
    const { coordinatorIpv6, v6peers } = hosts.it;
    const claim = {
      type: "register-v6",
      prefix: v6peers[0].prefix80,
      relay: "system",
      listed: true,
      abuse: "abuse@example.net",
      exits: 4,
      wants: [],
      onlyWanted: false,
      pairs: [],
    };
    const nonces = [0, 1, 2].map(() => randomBytes(16).toString("base64url"));
    const sayings: readonly (readonly [string, readonly (string | object)[]])[] = [
      ["bad-signature", ["hello-of-another-connection"]],
      ["malformed-json", ["text:{nonsense"]],
      ["out-of-order", [{ type: "ping", id: 1 }]],
      ["frame-too-long", ["hello", "length:65537"]],
      ["prefix-unproven", ["hello", claim, { type: "prove", prefix: claim.prefix, nonces }]],
    ];
    for (const [code, words] of sayings) {
      const say = () => converse(stranger.host, coordinatorIpv6, "v6peer", ...words);
      expect(await coordinatorCounted(`errors_total{code="${code}"}`, say), code).toBe(1);
    }
    const metrics = await translator.coordinator.metrics();
    expect(metrics.get('coordinator_peers{role="v6peer",state="registered"}')).toBe(1);
    expect(metrics.get('coordinator_peers{role="v4peer",state="registered"}')).toBe(1);
    expect(metrics.get("coordinator_pairs_up")).toBe(1);
    await ticker.goesOn();
  });
});

import { randomBytes } from "node:crypto";
import { makeBubble, makeRouterSolicitation } from "@nat64/teredo";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addStranger,
  converse,
  type RunningCoordinator,
  type Stranger,
  sendUdp,
  startCoordinator,
} from "../src/index.ts";
import { risen } from "./counted.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const LINK_LOCAL = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
const NONCES = [0, 1, 2].map(() => randomBytes(16).toString("base64url"));

describe.skipIf(!isRoot)("messages of a stranger to a coordinator", () => {
  const peer = usePeerHosts({ nats: [] });
  let coordinator: RunningCoordinator;
  let stranger: Stranger;
  beforeAll(async () => {
    coordinator = await startCoordinator(peer.it);
    stranger = await addStranger(peer.it);
  });
  const say = (...sayings: readonly (string | object)[]) =>
    converse(stranger.host, peer.it.coordinatorIpv6, "v6peer", ...sayings);
  const metric = async (name: string): Promise<number> => (await coordinator.metrics()).get(`coordinator_${name}`) ?? 0;
  const counted = (name: string, what: () => Promise<unknown>): Promise<number> => risen(() => metric(name), what);

  it.each([
    ["a hello whose signature is of another connection", "bad-signature", ["hello-of-another-connection"]],
    ["a frame that is not JSON instead of a hello", "malformed-json", ["text:{nonsense"]],
    ["a message before the hello", "out-of-order", [{ type: "ping", id: 1 }]],
    ["the announcement of a frame that is too long", "frame-too-long", ["hello", "length:65537"]],
  ])("%s is answered with %s, counted, and ends the connection", async (_, code, sayings) => {
    const count = await counted(`errors_total{code="${code}"}`, async () => {
      const { messages, closed } = await say(...sayings);
      expect(messages).toContainEqual(expect.objectContaining({ type: "error", code }));
      expect(closed).toBe(true);
    });
    expect(count).toBe(1);
  });

  it.each([
    ["a frame that is not JSON", "malformed-json", "text:{nonsense"],
    ["a frame that is not an object", "not-an-object", "text:[1]"],
    ["a type that nobody knows", "unknown-type", { type: "hola" }],
    ["a message of a coordinator", "wrong-way", { type: "welcome" }],
    ["a message with a field that is wrong", "invalid-message", { type: "ping", id: -1 }],
    [
      "a pair that there is not",
      "unknown-pair",
      { type: "unpair", pair: "EBESExQVFhcYGRobHB0eHw", reason: "operator" },
    ],
    ["a second hello", "out-of-order", "hello"],
    ["an answer without a question", "out-of-order", { type: "prove", prefix: "2001:db8:64::/80", nonces: NONCES }],
  ])("%s is answered with %s, counted, and the connection continues", async (_, code, saying) => {
    const count = await counted(`errors_total{code="${code}"}`, async () => {
      const { messages, closed } = await say("hello", saying, { type: "ping", id: 7 });
      expect(messages).toContainEqual(expect.objectContaining({ type: "error", code }));
      expect(messages.at(-1)).toEqual({ type: "pong", id: 7 });
      expect(closed).toBe(false);
    });
    expect(count).toBe(1);
  });

  it("a prefix that is routed to somebody else is never proved", async () => {
    const registration = {
      type: "register-v6",
      prefix: peer.it.v6peers[0].prefix80,
      relay: "system",
      listed: true,
      abuse: "abuse@example.net",
      exits: 4,
      wants: [],
      onlyWanted: false,
      pairs: [],
    };
    const { messages } = await say("hello", registration, {
      type: "prove",
      prefix: registration.prefix,
      nonces: NONCES,
    });
    expect(messages.map(({ type }) => type)).toContain("challenge");
    expect(messages.map(({ type }) => type)).not.toContain("registered");
    expect(messages).toContainEqual(expect.objectContaining({ type: "error", code: "prefix-unproven" }));
    expect(await metric('peers{role="v6peer",state="registered"}')).toBe(0);
  });

  it("a Router Solicitation without authentication is not answered, and counted", async () => {
    const count = await counted('teredo_drops_total{reason="not-authenticated"}', async () => {
      const to = `${peer.it.coordinatorIpv4[0]}:3544`;
      expect(await sendUdp(stranger.host, 3545, makeRouterSolicitation(LINK_LOCAL), to)).toEqual([]);
    });
    expect(count).toBe(1);
  });

  it("a bubble for an address that was not given out is dropped, and counted", async () => {
    const { coordinatorIpv4 } = peer.it;
    const server = coordinatorIpv4[0].split(".").map(Number);
    const address = Uint8Array.of(0x20, 1, 0, 0, ...server, 0, 0, 0x63, 0xbe, 0x34, 0xff, 0x8e, 0xf5);
    const count = await counted('bubbles_total{fate="unknown-address"}', async () => {
      expect(await sendUdp(stranger.host, 3545, makeBubble(LINK_LOCAL, address), `${coordinatorIpv4[0]}:3544`)).toEqual(
        [],
      );
    });
    expect(count).toBe(1);
  });

  it("bytes that are not a Teredo datagram are dropped and counted", async () => {
    const count = await counted('teredo_drops_total{reason="unknown-encapsulation"}', async () => {
      expect(await sendUdp(stranger.host, 3545, Buffer.alloc(100, "?"), `${peer.it.coordinatorIpv4[0]}:3544`)).toEqual(
        [],
      );
    });
    expect(count).toBe(1);
  });
});

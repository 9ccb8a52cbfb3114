import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ClientOptions,
  type ClientOutput,
  type Endpoint,
  encodeDatagram,
  makeBubble,
  parseTeredoAddress,
  randomBits,
  TeredoClient,
  TeredoServer,
} from "../src/index.ts";
import { CAPTURED, FORWARDED_BUBBLE, hex } from "./captured.ts";
import { HOME, isGlobalUnicast, NATIVE, RELAY, SERVER, SERVER_2, SERVER_OPTIONS, teredo } from "./fixtures.ts";
import { ipv4, ipv6 } from "./vectors.ts";
import { words } from "./world.ts";

const FIRST: Endpoint = { address: SERVER, port: 3544 };
const SECOND: Endpoint = { address: SERVER_2, port: 3544 };
const MAPPING: Endpoint = { address: HOME, port: 40_000 };
const NONCE_ADDRESS = ipv6("fe80:0:0:0:1:2:3:4");

const OPTIONS: ClientOptions = {
  server: FIRST,
  second: SECOND,
  clientIdentifier: hex("746f6b656e"),
  authenticate: (nonce) => nonce.map((byte) => byte ^ 0xff),
  random: words(9),
  isGlobalUnicast,
};

function clientWith(options: Partial<ClientOptions> = {}): TeredoClient {
  return new TeredoClient({ ...OPTIONS, ...options }, 0);
}

/** A server that sees the client through a NAT with the given mapping. */
function ask(client: TeredoClient, out: ClientOutput, mapping: Endpoint, now: number): readonly ClientOutput[] {
  if (out.kind !== "datagram") throw new Error(out.kind);
  const socket = out.address === SERVER ? 0 : 1;
  const authenticate = (): Uint8Array => hex("5ec2e7");
  const server = new TeredoServer({ ...SERVER_OPTIONS, authenticate });
  const [answer] = server.receiveDatagram(socket, mapping.address, mapping.port, out.bytes, now);
  if (answer?.kind !== "datagram") throw new Error("no answer");
  return client.receiveDatagram(out.address, out.port, answer.bytes, now);
}

/** A client that has its mapping. */
function mapped(options: Partial<ClientOptions> = {}): TeredoClient {
  const client = clientWith(options);
  const [question, test] = ask(client, client.advance(0)[0], MAPPING, 20).filter(
    (one) => one.kind === "datagram" || one.kind === "mapped",
  );
  expect(question.kind).toBe("mapped");
  if (test !== undefined) ask(client, test, MAPPING, 40);
  return client;
}

describe("the client's solicitation", () => {
  it("carries identifier, authentication value and nonce, and no cone bit", () => {
    const [out] = clientWith().advance(0);
    if (out.kind !== "datagram") throw new Error();
    expect([out.address, out.port]).toEqual([SERVER, 3544]);
    const nonce = out.bytes.slice(17, 25);
    expect(out.bytes.slice(0, 9)).toEqual(hex("00010508746f6b656e"));
    expect(out.bytes.slice(9, 17)).toEqual(nonce.map((byte) => byte ^ 0xff));
    expect(out.bytes[25]).toBe(0);
    expect(out.bytes.slice(26)).toEqual(
      hex("6000000000083afffe800000000000000000ffffffffffffff02000000000000000000000000000285007d3700000000"),
    );
  });

  it("is repeated every 4 s with the same nonce; after four the server counts as silent and is solicited less often", () => {
    const client = clientWith();
    const log: (readonly [number, string])[] = [];
    const sent: Uint8Array[] = [];
    while (client.nextDeadline() < 100_000) {
      const now = client.nextDeadline();
      for (const out of client.advance(now)) {
        log.push([now, out.kind]);
        if (out.kind === "datagram") sent.push(out.bytes);
      }
    }
    expect(log.slice(0, 4)).toEqual([0, 4_000, 8_000, 12_000].map((at) => [at, "datagram"]));
    expect(log.filter(([, kind]) => kind === "server-silent")).toHaveLength(1);
    expect(log[4][1]).toBe("server-silent");
    for (const bytes of sent) expect(bytes).toEqual(sent[0]);
    const gaps = log.filter(([, kind]) => kind === "datagram").map(([at], i, all) => at - (all[i - 1]?.[0] ?? at));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    expect(Math.max(...gaps)).toBeGreaterThan(15_000);
  });

  it("is due again after 75 to 100 % of 25 s, with another nonce, and holds the mapping (RFC 4380 §5.2.5)", () => {
    const client = mapped();
    const nonces = new Set<string>();
    let now = 20;
    for (let i = 0; i < 20; i++) {
      const wait = client.nextDeadline() - now;
      expect(wait).toBeGreaterThanOrEqual(18_750);
      expect(wait).toBeLessThanOrEqual(25_000);
      now = client.nextDeadline();
      const [out] = client.advance(now);
      if (out.kind === "datagram") nonces.add(out.bytes.slice(17, 25).join());
      expect(ask(client, out, MAPPING, now)).toMatchObject([{ kind: "mapped", news: "same" }]);
    }
    expect(nonces.size).toBe(20);
  });

  it("is due at once on request", () => {
    const client = mapped();
    client.refresh(1_000);
    expect(client.nextDeadline()).toBe(1_000);
    expect(client.advance(1_000)).toHaveLength(1);
  });
});

describe("the answer", () => {
  it("reports the mapping and the server's value, and starts the test with the second address", () => {
    const client = clientWith();
    const outputs = ask(client, client.advance(0)[0], MAPPING, 20);
    expect(outputs).toMatchObject([
      { kind: "mapped", mapping: MAPPING, news: "first", authenticationValue: hex("5ec2e7") },
      { kind: "datagram", address: SERVER_2, port: 3544 },
    ]);
    expect(client.mapping).toEqual(MAPPING);
  });

  it.each([
    ["cone-or-port-restricted", MAPPING, {}],
    ["symmetric", { ...MAPPING, port: 40_001 }, {}],
    ["symmetric", { ...MAPPING, address: HOME + 1 }, {}],
    ["none", MAPPING, { local: MAPPING }],
    ["cone-or-port-restricted", MAPPING, { local: { ...MAPPING, address: ipv4("10.0.0.2") } }],
  ] as const)("of the second address shows the NAT kind %s", (nat, mapping, options) => {
    const client = clientWith(options);
    const [, test] = ask(client, client.advance(0)[0], MAPPING, 20);
    expect(ask(client, test, mapping, 40)).toEqual([{ kind: "mapping-behaviour", behaviour: nat }]);
    expect(client.mappingBehaviour).toBe(nat);
    expect(client.mapping).toEqual(MAPPING);
  });

  it("that never comes from the second address leaves the NAT kind unknown, as does a server without one", () => {
    const client = clientWith();
    ask(client, client.advance(0)[0], MAPPING, 0);
    const kinds = [4_000, 8_000, 12_000, 16_000]
      .flatMap((now) => client.advance(now))
      .filter((out) => out.kind === "mapping-behaviour");
    expect(kinds).toEqual([{ kind: "mapping-behaviour", behaviour: "unknown" }]);
    const { second: _, ...single } = OPTIONS;
    const alone = new TeredoClient(single, 0);
    expect(ask(alone, alone.advance(0)[0], MAPPING, 0)).toMatchObject([
      { kind: "mapped" },
      { kind: "mapping-behaviour", behaviour: "unknown" },
    ]);
  });

  it("with a changed mapping is reported, and the NAT is tested again", () => {
    const client = mapped();
    const now = client.nextDeadline();
    const moved = { ...MAPPING, port: 50_000 };
    expect(ask(client, client.advance(now)[0], moved, now)).toMatchObject([
      { kind: "mapped", mapping: moved, news: "moved" },
      { kind: "datagram", address: SERVER_2 },
    ]);
    expect(parseTeredoAddress(client.teredoAddress(1)!)?.mappedPort).toBe(50_000);
  });

  it("that does not come makes the mapping invalid", () => {
    const client = mapped();
    const outputs: ClientOutput[] = [];
    while (client.mapping !== undefined) outputs.push(...client.advance(client.nextDeadline()));
    expect(outputs.map(({ kind }) => kind)).toEqual([
      "datagram",
      "datagram",
      "datagram",
      "datagram",
      "server-silent",
      "datagram",
    ]);
    expect(client.teredoAddress(1)).toBeUndefined();
  });

  it("counts only once, from the right address, with the right nonce, and if complete", () => {
    const client = clientWith();
    const [question] = client.advance(0);
    if (question.kind !== "datagram") throw new Error();
    const server = new TeredoServer({ ...SERVER_OPTIONS, authenticate: () => new Uint8Array(0) });
    const answerTo = (bytes: Uint8Array): Uint8Array => {
      const [answer] = server.receiveDatagram(0, HOME, 40_000, bytes, 0);
      if (answer?.kind !== "datagram") throw new Error();
      return answer.bytes.slice();
    };
    const good = answerTo(question.bytes);
    expect(client.receiveDatagram(SERVER, 3545, good, 1)).toEqual([]);
    expect(client.receiveDatagram(RELAY, 3544, good, 1)).toEqual([]);
    expect(client.receiveDatagram(SERVER_2, 3544, good, 1)).toEqual([]);
    expect(client.counters.drops).toMatchObject({ "not-from-server": 2, "bad-advertisement": 1 });
    for (const at of [5, 14, 25, 40, 62, 64, 100]) {
      const bad = good.slice();
      bad[at] ^= 0x40;
      expect(client.receiveDatagram(SERVER, 3544, bad, 1), `byte ${at}`).toEqual([]);
    }
    const again = client.advance(client.nextDeadline())[0];
    if (again.kind !== "datagram") throw new Error();
    const answer = answerTo(again.bytes);
    expect(client.receiveDatagram(SERVER, 3544, answer, 2)[0]).toMatchObject({ kind: "mapped" });
    expect(client.receiveDatagram(SERVER, 3544, answer, 3)).toEqual([]);
  });

  it("with a confirmation byte reports that the server wants another key", () => {
    const client = clientWith();
    const [question] = client.advance(0);
    if (question.kind !== "datagram") throw new Error();
    const authentication = {
      clientIdentifier: hex(""),
      authenticationValue: hex(""),
      nonce: question.bytes.slice(17, 25),
      confirmation: 1,
    };
    const answer = encodeDatagram({ authentication, packet: question.bytes.slice(26) });
    expect(client.receiveDatagram(SERVER, 3544, answer, 1)).toEqual([{ kind: "refused" }]);
  });

  it("with an origin that is not global is dropped", () => {
    const client = clientWith({ isGlobalUnicast: (word) => word !== HOME });
    expect(ask(client, client.advance(0)[0], MAPPING, 0)).toEqual([]);
    expect(client.counters.drops["bad-advertisement"]).toBe(1);
  });
});

describe("any datagram that claims to be from the server", () => {
  it("never throws, and never makes the client send more than one datagram", () => {
    const mutation = fc.tuple(fc.constantFrom(...CAPTURED), fc.array(fc.tuple(fc.nat(120), fc.nat(255))), fc.nat(130));
    fc.assert(
      fc.property(mutation, ([{ bytes }, changes, length]) => {
        const client = clientWith();
        const [question] = client.advance(0);
        const mutant = bytes.slice(0, length);
        if (question.kind === "datagram" && mutant.length > 12) mutant.set(question.bytes.slice(17, 25), 4);
        for (const [at, byte] of changes) if (at < mutant.length) mutant[at] = byte;
        const sent = client.receiveDatagram(SERVER, 3544, mutant, 1).filter(({ kind }) => kind === "datagram");
        expect(sent.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a client's Teredo addresses", () => {
  it("differ only in the random bits and embed the mapping towards the first address", () => {
    const client = mapped();
    const [a, b] = [client.teredoAddress(0x123)!, client.teredoAddress(0xfff)!];
    expect(parseTeredoAddress(a)).toMatchObject({ server: SERVER, mappedPort: 40_000, mappedAddress: HOME });
    expect([a, b].map((bytes) => randomBits(parseTeredoAddress(bytes)!.flags))).toEqual([0x123, 0xfff]);
    expect(a).toEqual(teredo());
  });
});

describe("the answer to a bubble", () => {
  const relay: Endpoint = { address: RELAY, port: 3545 };

  it("goes from the Teredo address to the bubble's source, directly to the relay", () => {
    const client = mapped();
    expect(client.answerBubble(teredo(), NONCE_ADDRESS, relay, 0)).toEqual([
      { kind: "datagram", ...relay, bytes: makeBubble(teredo(), NONCE_ADDRESS) },
    ]);
  });

  it("is requested when the server forwards the bubble as a datagram", () => {
    const client = clientWith();
    expect(client.receiveDatagram(SERVER, 3544, FORWARDED_BUBBLE.bytes, 0)).toEqual([
      {
        kind: "bubble",
        teredo: FORWARDED_BUBBLE.bytes.slice(32, 48),
        source: FORWARDED_BUBBLE.bytes.slice(16, 32),
        relay: { address: ipv4("45.0.2.10"), port: 51_226 },
      },
    ]);
    expect(client.receiveDatagram(SERVER, 3544, FORWARDED_BUBBLE.bytes.slice(8), 0)).toEqual([]);
  });

  it("is sent at most four times to one relay in 300 s, on any port", () => {
    const client = mapped();
    const times = [0, 1_000, 2_000, 3_000, 4_000, 299_999, 300_000, 300_500, 301_000];
    const sent = times.map(
      (now) => client.answerBubble(teredo(), NONCE_ADDRESS, { ...relay, port: 1 + now }, now).length > 0,
    );
    expect(sent).toEqual([true, true, true, true, false, false, true, false, true]);
    expect(client.counters.drops["relay-limit"]).toBe(3);
  });

  it("is sent at most ten times per second in total, and entries older than 300 s are forgotten", () => {
    const client = mapped();
    let sent = 0;
    for (let now = 0; now < 10_000; now += 10) {
      if (client.answerBubble(teredo(), NONCE_ADDRESS, { address: RELAY + now, port: 1 }, now).length > 0) sent++;
    }
    expect(sent).toBeLessThanOrEqual(110);
    expect(sent).toBeGreaterThanOrEqual(100);
    expect(client.counters.drops["bubble-rate"]).toBe(1_000 - sent);
  });

  it.each([
    ["source-not-global", teredo(), NONCE_ADDRESS, { address: ipv4("10.0.0.1"), port: 1 }],
    ["source-not-global", teredo(), NONCE_ADDRESS, { address: RELAY, port: 0 }],
    ["own-address", teredo(), NONCE_ADDRESS, { address: HOME, port: 1 }],
    ["own-address", teredo(), NONCE_ADDRESS, FIRST],
    ["source-not-unicast", teredo(), ipv6("ff02:0:0:0:0:0:0:1"), relay],
    ["not-for-server", teredo({ server: RELAY }), NONCE_ADDRESS, relay],
    ["not-teredo", NATIVE, NONCE_ADDRESS, relay],
  ] as const)("is not sent: %s", (reason, address, source, to) => {
    const client = mapped();
    expect(client.answerBubble(address, source, to, 0)).toEqual([]);
    expect(client.counters.drops[reason]).toBe(1);
  });
});

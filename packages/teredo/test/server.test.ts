import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AuthenticationRequest,
  type DropReason,
  decodeDatagram,
  encodeDatagram,
  makeBubble,
  makeRouterSolicitation,
  parseRouterAdvertisement,
  type ServerOptions,
  TeredoServer,
} from "../src/index.ts";
import {
  ADVERTISEMENT,
  CAPTURED,
  CONNECTIVITY_TEST,
  FORWARDED_BUBBLE,
  hex,
  INDIRECT_BUBBLE,
  SOLICITATION,
} from "./captured.ts";
import { HOME, NATIVE, packet, RELAY, SERVER, SERVER_2, SERVER_OPTIONS, teredo } from "./fixtures.ts";
import { ipv4, ipv6 } from "./vectors.ts";

const CONE_SOURCE = ipv6("fe80:0:0:0:8000:ffff:ffff:ffff");
const { from, port, bytes: solicitation } = SOLICITATION;

function serverWith(options: Partial<ServerOptions> = {}): TeredoServer {
  return new TeredoServer({ ...SERVER_OPTIONS, ...options });
}

describe("a Router Solicitation", () => {
  it("is answered as miredo-server does, except for the unused retransmission timer", () => {
    const [answer] = serverWith().receiveDatagram(0, from, port, solicitation, 0);
    expect(answer).toMatchObject({ kind: "datagram", from: 0, address: from, port });
    if (answer?.kind !== "datagram") throw new Error();
    const ours = answer.bytes.slice();
    ours.set(hex("07d0"), 21 + 54);
    ours.set(hex("954c"), 21 + 42);
    expect(ours).toEqual(ADVERTISEMENT.bytes);
  });

  it("is answered from the socket that received it", () => {
    expect(serverWith().receiveDatagram(1, from, port, solicitation, 0)).toMatchObject([{ from: 1 }]);
  });

  it("with the cone bit is answered from the other socket, or not if there is none (RFC 4380 §5.3.2)", () => {
    const test = makeRouterSolicitation(CONE_SOURCE);
    expect(serverWith().receiveDatagram(0, from, port, test, 0)).toMatchObject([{ from: 1 }]);
    expect(serverWith().receiveDatagram(1, from, port, test, 0)).toMatchObject([{ from: 0 }]);
    const single = serverWith({ hasSecondSocket: false });
    expect(single.receiveDatagram(0, from, port, test, 0)).toEqual([]);
    expect(single.counters.drops["no-second-address"]).toBe(1);
  });

  it("gets the first address from either socket, and the origin that the server saw", () => {
    const [answer] = serverWith().receiveDatagram(1, HOME, 1234, makeRouterSolicitation(ipv6("fe80:0:0:0:0:0:0:1")), 0);
    if (answer?.kind !== "datagram") throw new Error();
    const decoded = decodeDatagram(answer.bytes);
    if (!decoded.ok) throw new Error();
    expect(decoded.datagram.origin).toEqual({ address: HOME, port: 1234 });
    expect(decoded.datagram.authentication).toBeUndefined();
    expect(parseRouterAdvertisement(decoded.datagram.packet, 0)).toEqual({ server: SERVER, mtu: 1280 });
  });

  it("is passed to the hook, whose value goes into the answer with the client's nonce", () => {
    const asked: AuthenticationRequest[] = [];
    const value = hex("aabbcc");
    const server = serverWith({
      authenticate: (request) => {
        asked.push(request);
        return value;
      },
    });
    const authentication = {
      clientIdentifier: hex("0102"),
      authenticationValue: hex("030405"),
      nonce: hex("1112131415161718"),
      confirmation: 0,
    };
    const request = encodeDatagram({ authentication, packet: makeRouterSolicitation(ipv6("fe80:0:0:0:0:0:0:1")) });
    const [answer] = server.receiveDatagram(1, HOME, 1234, request, 0);
    expect(asked).toEqual([{ ...authentication, origin: { address: HOME, port: 1234 }, socket: 1 }]);
    if (answer?.kind !== "datagram") throw new Error();
    const decoded = decodeDatagram(answer.bytes);
    expect(decoded.ok && decoded.datagram.authentication).toEqual({
      clientIdentifier: new Uint8Array(0),
      authenticationValue: value,
      nonce: authentication.nonce,
      confirmation: 0,
    });
  });

  it("gets no answer if the hook refuses it or it has no authentication encapsulation", () => {
    const server = serverWith({ authenticate: () => undefined });
    expect(server.receiveDatagram(0, from, port, solicitation, 0)).toEqual([]);
    expect(server.receiveDatagram(0, from, port, solicitation.slice(13), 0)).toEqual([]);
    expect(server.counters.drops["not-authenticated"]).toBe(2);
    expect(server.counters.advertisements).toBe(0);
  });
});

describe("a bubble", () => {
  it("of a relay is output with everything needed to answer it, and as miredo-server forwards it", () => {
    const [out] = serverWith().receiveDatagram(0, INDIRECT_BUBBLE.from, INDIRECT_BUBBLE.port, INDIRECT_BUBBLE.bytes, 0);
    expect(out).toEqual({
      kind: "bubble",
      destination: INDIRECT_BUBBLE.bytes.slice(24, 40),
      client: { server: SERVER, flags: 0x2cd4, mappedPort: 34_971, mappedAddress: ipv4("45.0.2.30") },
      source: INDIRECT_BUBBLE.bytes.slice(8, 24),
      sender: { address: INDIRECT_BUBBLE.from, port: INDIRECT_BUBBLE.port },
      datagram: FORWARDED_BUBBLE.bytes,
    });
  });

  it("of a Teredo client passes if it was sent from the client's mapping", () => {
    const other = teredo({ mappedAddress: ipv4("8.8.8.8"), mappedPort: 5_000 });
    const bubble = makeBubble(other, teredo());
    const server = serverWith();
    expect(server.receiveDatagram(0, ipv4("8.8.8.8"), 5_000, bubble, 0)).toMatchObject([{ kind: "bubble" }]);
    expect(server.receiveDatagram(0, ipv4("8.8.8.8"), 5_001, bubble, 0)).toEqual([]);
    expect(server.receiveDatagram(0, ipv4("8.8.8.9"), 5_000, bubble, 0)).toEqual([]);
    expect(server.counters.drops["mapping-mismatch"]).toBe(2);
  });

  it.each<[DropReason, Uint8Array]>([
    ["not-for-server", makeBubble(NATIVE, teredo({ server: SERVER_2 }))],
    ["not-for-server", makeBubble(NATIVE, NATIVE)],
    ["not-for-server", packet(NATIVE, teredo())],
    ["not-for-server", SOLICITATION.bytes.slice(0, -1).fill(0, 15, 16)],
    ["mapped-address-not-global", makeBubble(NATIVE, teredo({ mappedAddress: ipv4("10.0.0.1") }))],
    ["mapped-port-zero", makeBubble(NATIVE, teredo({ mappedPort: 0 }))],
    ["ug-flags", makeBubble(NATIVE, teredo({ flags: 0x100 }))],
    ["own-address", makeBubble(NATIVE, teredo({ mappedAddress: SERVER, mappedPort: 3544 }))],
    ["own-address", makeBubble(NATIVE, teredo({ mappedAddress: SERVER_2, mappedPort: 3544 }))],
    ["source-not-unicast", makeBubble(ipv6("ff02:0:0:0:0:0:0:1"), teredo())],
    ["source-not-unicast", makeBubble(ipv6("0:0:0:0:0:0:0:0"), teredo())],
    ["truncated", new Uint8Array(3)],
  ])("is dropped: %s", (reason, bytes) => {
    const server = serverWith();
    expect(server.receiveDatagram(0, ipv4("45.0.2.10"), 3545, bytes, 0)).toEqual([]);
    const expected = reason === "not-for-server" && bytes[1] === 1 ? "bad-length" : reason;
    expect(server.counters.drops[expected]).toBe(1);
  });

  it("is dropped if its sender is not global or is the server itself", () => {
    const server = serverWith();
    expect(server.receiveDatagram(0, ipv4("10.0.0.1"), 1, INDIRECT_BUBBLE.bytes, 0)).toEqual([]);
    expect(server.receiveDatagram(0, HOME, 0, INDIRECT_BUBBLE.bytes, 0)).toEqual([]);
    expect(server.receiveDatagram(0, SERVER_2, 3544, INDIRECT_BUBBLE.bytes, 0)).toEqual([]);
    expect(server.counters.drops).toMatchObject({ "source-not-global": 2, "own-address": 1 });
  });
});

describe("a connectivity test", () => {
  const { from, port, bytes } = CONNECTIVITY_TEST;

  it("is output for the native IPv6 side if that is enabled (RFC 4380 §5.3.1)", () => {
    expect(serverWith({ forwardsToIPv6: true }).receiveDatagram(0, from, port, bytes, 0)).toEqual([
      { kind: "packet", bytes },
    ]);
    const server = serverWith();
    expect(server.receiveDatagram(0, from, port, bytes, 0)).toEqual([]);
    expect(server.counters.drops["not-for-server"]).toBe(1);
  });

  it("must come from the client's mapping and go to a global address", () => {
    const server = serverWith({ forwardsToIPv6: true });
    expect(server.receiveDatagram(0, from, port + 1, bytes, 0)).toEqual([]);
    expect(server.receiveDatagram(0, from, port, Uint8Array.from(bytes).fill(0xfd, 24, 25), 0)).toEqual([]);
    expect(server.receiveDatagram(0, from, port, Uint8Array.from(bytes).fill(17, 6, 7), 0)).toEqual([]);
  });
});

describe("the server is bounded", () => {
  it("in answers to one address, and in total", () => {
    const server = serverWith({ perSecondAndClient: 2, perSecond: 3 });
    const ask = (address: number, now: number): boolean =>
      server.receiveDatagram(0, address, 1, solicitation, now).length > 0;
    expect([ask(HOME, 0), ask(HOME, 0), ask(HOME, 0)]).toEqual([true, true, false]);
    expect([ask(HOME + 1, 0), ask(HOME + 2, 0)]).toEqual([true, false]);
    expect(ask(HOME, 1_000)).toBe(true);
    expect(server.counters.drops["server-rate"]).toBe(2);
  });

  it("in packets forwarded to one client; a busy relay reaches many, and a flood of bubbles does not stop solicitations", () => {
    const server = serverWith({ perSecondAndClient: 2, perSecond: 50 });
    const bubbleTo = (mappedPort: number): boolean =>
      server.receiveDatagram(0, RELAY, 3545, makeBubble(NATIVE, teredo({ mappedPort })), 0).length > 0;
    expect([bubbleTo(1), bubbleTo(1), bubbleTo(1)]).toEqual([true, true, false]);
    const clients = Array.from({ length: 100 }, (_, i) => bubbleTo(1_000 + i));
    expect(clients.filter((passed) => passed)).toHaveLength(48);
    expect(server.receiveDatagram(0, from, port, solicitation, 0)).toHaveLength(1);
  });

  it("in what it sends: at most one datagram, to the sender, less than twice as long as the solicitation", () => {
    const mutation = fc.tuple(
      fc.constantFrom(...CAPTURED),
      fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 }),
    );
    fc.assert(
      fc.property(mutation, fc.nat(130), ([{ from, port, bytes }, changes], length) => {
        const mutant = bytes.slice(0, length);
        for (const [at, byte] of changes) if (at < mutant.length) mutant[at] = byte;
        const [out] = serverWith({ forwardsToIPv6: true }).receiveDatagram(0, from, port, mutant, 0);
        if (out?.kind === "datagram") {
          expect([out.address, out.port]).toEqual([from, port]);
          expect(out.bytes.length).toBeLessThan(mutant.length * 2.2);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/**
 * ICMP errors at an IPv4 peer. Whoever sends one invents the packet inside as he likes: an IPv6 peer could reach hosts that
 * the policy refuses, such as those of the IPv4 peer's LAN, and a neighbour of the IPv4 peer could reach clients.
 */
import { compileRefusals, LABORATORY_BLOCKS, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/create-engine.ts";
import { ExitRules, type ExitRulesConfig } from "../../src/exits/exit-rules.ts";
import { Nat64 } from "../../src/simple.ts";
import { filler, icmp, ipv4, ipv6, tcp, u32, udp, withChecksum } from "../packet/build.ts";
import { only, repeatableRandom, SERVER } from "./support.ts";

const TEREDO = ["2001:0:c000:205:1234:5678:39cd:9bf9", "2001:0:c000:205:9abc:5678:39cd:9bf9"];
const LOCAL = ["198.18.0.1", "198.18.0.2"];
const SELECTORS = ["101", "102"];
const PORT = 20_001;
const via = (address: string, n = 0): string => `2001:db8:64::${SELECTORS[n]}:${address}`;
const LAN = "192.168.1.20";

function exit(rules: Partial<ExitRulesConfig> = {}) {
  const engine = createEngine(
    { mode: "exit", ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" }, mtu: { ipv6: 1280 }, allowSpecialPurpose: true },
    { random: repeatableRandom() },
  );
  const set = (n: number) => {
    const [w0, w1, w2] = parseIPv6(via("0.0.0.0", n));
    engine.pairs?.set(n, {
      teredo: parseIPv6(TEREDO[n]),
      prefix: [w0, w1, w2],
      local: parseIPv4(LOCAL[n]),
      rules: new ExitRules(
        { internet: true, published: [], refused: [], ...rules },
        compileRefusals({ allow: LABORATORY_BLOCKS, refuse: ["192.168.0.0/16"] }),
      ),
    });
  };
  set(0);
  set(1);
  return { nat: new Nat64(engine), engine, set };
}

type Kind = "udp" | "tcp" | "ping";
const KINDS: readonly Kind[] = ["udp", "tcp", "ping"];

function payload(kind: Kind, from: number, to: number, family: 4 | 6, isReply: boolean): [number, Uint8Array] {
  if (kind === "udp") return [17, udp(from, to, filler(20))];
  if (kind === "tcp") return [6, tcp(from, to, filler(20))];
  const type = family === 6 ? (isReply ? 129 : 128) : isReply ? 0 : 8;
  return [family === 6 ? 58 : 1, icmp(type, 0, [PORT >> 8, PORT & 255, 0, 1], filler(20))];
}

/** A client's packet on its way out, and the server's reply as the IPv4 peer sends it on. */
function request6(kind: Kind, remote = SERVER, port = PORT, n = 0): Uint8Array {
  const [protocol, body] = payload(kind, port, 80, 6, false);
  return withChecksum(ipv6({ source: via(remote, n), destination: TEREDO[n], protocol, payload: body }));
}
function reply6(kind: Kind, remote = SERVER, port = PORT, n = 0): Uint8Array {
  const [protocol, body] = payload(kind, 80, port, 6, true);
  return withChecksum(ipv6({ source: TEREDO[n], destination: via(remote, n), protocol, payload: body }));
}
function request4(kind: Kind, remote = SERVER, n = 0): Uint8Array {
  const [protocol, body] = payload(kind, PORT, 80, 4, false);
  return withChecksum(ipv4({ source: LOCAL[n], destination: remote, protocol, payload: body }));
}
function reply4(kind: Kind): Uint8Array {
  const [protocol, body] = payload(kind, 80, PORT, 4, true);
  return withChecksum(ipv4({ source: SERVER, destination: LOCAL[0], protocol, payload: body }));
}

const error6 = (inside: Uint8Array, outer = SERVER, n = 0): Uint8Array =>
  withChecksum(
    ipv6({ source: via(outer, n), destination: TEREDO[n], protocol: 58, payload: icmp(1, 4, u32(0), inside) }),
  );
const error4 = (inside: Uint8Array, router = "10.1.2.3", n = 0): Uint8Array =>
  withChecksum(ipv4({ source: router, destination: LOCAL[n], protocol: 1, payload: icmp(3, 3, u32(0), inside) }));

describe.each(KINDS)("an error of an IPv6 peer about a %s packet", (kind) => {
  test("passes to the server that sent the packet", () => {
    const { nat } = exit();
    only(nat.fromIPv6(request6(kind), 0));
    only(nat.fromIPv4(reply4(kind), 0));
    const out = only(nat.fromIPv6(error6(reply6(kind)), 1));
    expect(out.subarray(16, 20).join(".")).toBe(SERVER);
    expect(out.subarray(28 + 12, 28 + 20).join(".")).toBe(`${SERVER}.${LOCAL[0]}`);
  });

  test("about a packet that was never carried is dropped", () => {
    const { nat } = exit();
    expect(nat.fromIPv6(error6(reply6(kind)), 0).dropped).toBe("no-session");
  });

  test("does not reach an address that the policy refuses, whatever was carried", () => {
    const { nat } = exit();
    only(nat.fromIPv6(request6(kind), 0));
    expect(nat.fromIPv6(error6(reply6(kind, LAN), LAN), 0).dropped).toBe("refused-by-policy");
  });

  test("goes to the far end of its flow and to nobody else", () => {
    const { nat } = exit();
    only(nat.fromIPv6(request6(kind), 0));
    for (const other of [LAN, "198.51.100.99"]) {
      expect(nat.fromIPv6(error6(reply6(kind), other), 0).dropped).toBe("refused-source");
    }
  });

  test("is dropped when the packet inside is from another pair's address, or goes to one", () => {
    const { nat } = exit();
    only(nat.fromIPv6(request6(kind), 0));
    const [protocol, body] = payload(kind, 80, PORT, 6, true);
    const inside = (source: string, destination: string) =>
      withChecksum(ipv6({ source, destination, protocol, payload: body }));
    for (const each of [inside(TEREDO[1], via(SERVER)), inside(TEREDO[0], via(SERVER, 1))]) {
      expect(nat.fromIPv6(error6(each), 0).dropped).toBe("icmp-inner-malformed");
    }
    // What one pair carried is nothing to another one.
    expect(nat.fromIPv6(error6(reply6(kind, SERVER, PORT, 1), SERVER, 1), 0).dropped).toBe("no-session");
  });
});

describe.each(KINDS)("an error from the IPv4 side about a %s packet", (kind) => {
  test("passes from any router, if the packet was carried", () => {
    const { nat } = exit();
    only(nat.fromIPv6(request6(kind), 0));
    expect(only(nat.fromIPv4(error4(request4(kind)), 0))[40]).toBe(1);
  });

  test("about a packet that was never carried, or that another pair sent, is dropped", () => {
    const { nat } = exit();
    expect(nat.fromIPv4(error4(request4(kind)), 0).dropped).toBe("no-session");
    only(nat.fromIPv6(request6(kind), 0));
    expect(nat.fromIPv4(error4(request4(kind, "198.51.100.99")), 0).dropped).toBe("no-session");
    expect(nat.fromIPv4(error4(request4(kind, SERVER, 1)), 0).dropped).toBe("icmp-inner-malformed");
    expect(nat.fromIPv4(error4(request4(kind, SERVER, 1), "10.1.2.3", 1), 0).dropped).toBe("no-session");
  });
});

describe("the flows that an IPv4 peer remembers", () => {
  const isKnown = (nat: Nat64, port: number, n = 0): boolean =>
    nat.fromIPv6(error6(reply6("udp", SERVER, port, n), SERVER, n), 0).dropped === undefined;

  test("are those of a whole block of ports, and no pair pushes out those of another one", () => {
    const { nat } = exit();
    only(nat.fromIPv6(request6("udp", SERVER, PORT, 1), 0));
    for (let port = 1024; port < 11_000; port++) nat.fromIPv6(request6("udp", SERVER, port), 0);
    expect(isKnown(nat, PORT, 1)).toBe(true);
    // The newest are there; a packet puts an old one among them.
    expect(isKnown(nat, 10_999)).toBe(true);
    only(nat.fromIPv6(request6("udp", SERVER, 1024), 0));
    expect(isKnown(nat, 1024)).toBe(true);
  });

  test("end with their pair", () => {
    const { nat, engine, set } = exit();
    only(nat.fromIPv6(request6("udp"), 0));
    engine.pairs?.remove(0);
    set(0);
    expect(isKnown(nat, PORT)).toBe(false);
  });
});

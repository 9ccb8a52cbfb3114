import { AddressError } from "@nat64/rfc6052";
import { createColors } from "picocolors";
import { describe, expect, it } from "vitest";
import { explain } from "../src/address/explain.ts";
import type { Explanation } from "../src/address/explanation.ts";
import { renderExplanation } from "../src/commands/explain/render.ts";

const render = (explanation: Explanation) =>
  renderExplanation(explanation, { line: () => {}, colors: createColors(false), isTerminal: false }).join("\n");

const PEER = [{ text: "2001:db8:64::/80", origin: "daemon" }] as const;

describe("an address in the /80 of an IPv6 peer", () => {
  it("has selector, embedded IPv4 address and its class", () => {
    expect(explain("2001:db8:64::12:808:808", PEER).embeddings).toEqual([
      {
        prefix: "2001:db8:64::12:0:0/96",
        origin: "daemon",
        selector: { value: "0012", use: "pinned" },
        ipv4: {
          address: "8.8.8.8",
          arpa: "8.8.8.8.in-addr.arpa",
          class: { kind: "global-unicast", block: "0.0.0.0/0", isGlobalUnicast: true },
        },
      },
    ]);
  });

  it("says so when it is the peer itself and embeds nothing", () => {
    expect(explain("2001:db8:64::ffff:0:1", PEER).embeddings).toEqual([
      { prefix: "2001:db8:64::ffff:0:0/96", origin: "daemon", selector: { value: "ffff", use: "self" } },
    ]);
  });

  it("says why the translator refuses it when the IPv4 address is not global", () => {
    const [embedding] = explain("2001:db8:64::10.1.2.3", PEER).embeddings ?? [];
    expect(embedding.ipv4?.class).toMatchObject({ name: "Private-Use", rfc: "RFC 1918" });
    expect(embedding.refused).toMatch(/10\.1\.2\.3 is not global unicast/);
  });
});

describe("what the local exit refuses", () => {
  const networks = ["168.63.129.16/32", "198.51.100.0/24"];
  const local = { networks, tcp: [[25, 25]], udp: [[137, 139]], hasPeerExits: false } as const;
  const policy = { lab: true, hasPeerExits: false } as const;
  const known = [{ ...PEER[0], policy, local }];

  it("is named with its network", () => {
    const [embedding] = explain("2001:db8:64::168.63.129.16", known).embeddings ?? [];
    expect(embedding.refused).toBe("the policy of the local exit refuses 168.63.129.16/32.");
    expect(explain("198.51.100.9", known).nat64?.[0].refused).toContain("refuses 198.51.100.0/24");
    const withPeers = [{ ...known[0], local: { ...local, hasPeerExits: true } }];
    expect(render(explain("2001:db8:64::198.51.100.9", withPeers))).toMatch(
      /Refused .*An exit through an IPv4 peer may/,
    );
  });

  it("is named as ports at addresses that are reachable, and not behind the selector of an IPv4 peer", () => {
    expect(render(explain("2001:db8:64::8.8.8.8", known))).toContain("TCP 25; UDP 137–139 (policy of the local exit)");
    const [pinned] = explain("2001:db8:64::12:168.63.129.16", known).embeddings ?? [];
    expect([pinned.refused, pinned.refusedPorts]).toEqual([undefined, undefined]);
  });
});

// RFC 6052 §2.4, table 2, with a global IPv4 address in place of 192.0.2.33, which is none.
describe.each([
  ["2001:db8::/32", "2001:db8:808:404::"],
  ["2001:db8:100::/40", "2001:db8:108:804:4::"],
  ["2001:db8:122::/48", "2001:db8:122:808:4:400::"],
  ["2001:db8:122:300::/56", "2001:db8:122:308:8:404::"],
  ["2001:db8:122:344::/64", "2001:db8:122:344:8:804:400::"],
  ["2001:db8:122:344::/96", "2001:db8:122:344::808:404"],
])("an address in %s", (prefix, address) => {
  it("is read with the prefix when it is given", () => {
    const [embedding] = explain(address, [{ text: prefix, origin: "argument" }]).embeddings ?? [];
    expect(embedding).toMatchObject({ prefix, origin: "argument", ipv4: { address: "8.8.4.4" } });
  });

  it("is guessed right, among others, when no prefix is known", () => {
    expect(explain(address, []).embeddings).toContainEqual(
      expect.objectContaining({ prefix, origin: "guess", ipv4: expect.objectContaining({ address: "8.8.4.4" }) }),
    );
  });
});

describe("other addresses", () => {
  it("the well-known prefix is always known", () => {
    expect(explain("64:ff9b::8.8.4.4", PEER).embeddings).toMatchObject([
      { prefix: "64:ff9b::/96", origin: "well-known", ipv4: { address: "8.8.4.4" } },
    ]);
  });

  it("a Teredo address has server, flags and mapped address (the example of RFC 4380 §2.6 turned round)", () => {
    expect(explain("2001:0:4136:e378:8000:63bf:f7f7:fbfb", []).teredo).toMatchObject({
      server: { address: "65.54.227.120" },
      flags: { value: "0x8000", cone: true, randomBits: "0x000" },
      mapped: { address: "8.8.4.4", port: 40_000 },
    });
  });

  it("a Teredo address with a private mapped address has a fault", () => {
    expect(explain("2001:0:808:808:0:63bf:f5ff:fffe", []).teredo?.fault).toMatch(/mapped IPv4 address is not global/);
  });

  it("an IPv4 address gets the IPv6 addresses that stand for it", () => {
    expect(explain("8.8.4.4", PEER).nat64).toEqual([
      { prefix: "2001:db8:64::/96", origin: "daemon", address: "2001:db8:64::808:404" },
      { prefix: "64:ff9b::/96", origin: "well-known", address: "64:ff9b::808:404" },
    ]);
  });

  it("a private IPv4 address has none in the well-known prefix (RFC 6052 §3.1)", () => {
    expect(explain("10.0.0.1", []).nat64).toEqual([]);
  });

  it.each([
    [
      "an ip6.arpa name",
      "4.0.4.0.8.0.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa",
      "64:ff9b::808:404",
    ],
    [
      "the same with a final dot",
      "4.0.4.0.8.0.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.IP6.ARPA.",
      "64:ff9b::808:404",
    ],
    ["an in-addr.arpa name", "4.4.8.8.in-addr.arpa", "8.8.4.4"],
    ["brackets as in a URL", "[64:ff9b::808:404]", "64:ff9b::808:404"],
    ["a zone as in a log", "fe80::1%eth0", "fe80::1"],
    ["brackets around a zone", "[fe80::1%eth0]", "fe80::1"],
    ["brackets around the dotted form", "[64:ff9b::8.8.4.4]", "64:ff9b::808:404"],
    ["the dotted form", "64:ff9b::8.8.4.4", "64:ff9b::808:404"],
  ])("%s is understood", (_, text, address) => {
    expect(explain(text, []).address).toBe(address);
  });

  it("a zone is told, since it is no part of the address", () => {
    const explanation = explain("fe80::1%eth0", []);
    expect(explanation.zone).toBe("eth0");
    expect(render(explanation)).toMatch(/^Zone +eth0: a link of the host/m);
    expect(explain("fe80::1", [])).not.toHaveProperty("zone");
  });

  it.each(["10.0.0.1", "8.8.4.4"])("an IPv4-mapped address has %s in it, and is no NAT64's", (ipv4) => {
    const explanation = explain(`::ffff:${ipv4}`, PEER);
    expect(explanation).toMatchObject({ embeddings: [], mapped: { address: ipv4 } });
    expect(render(explanation)).toMatch(/^IPv4-mapped .*RFC 4291 §2\.5\.5\.2(.|\n)*^IPv4 address +[\d.]+$/m);
    expect(render(explanation)).not.toContain("embeds no");
  });

  it.each([
    "1.2.3.4%eth0",
    "fe80::1%",
    "",
    "hello",
    "1.2.3",
    "1.2.3.4.5",
    "1:2",
    "::/0",
    "1.2.ip6.arpa",
    "x".repeat(10_000),
    "\u0000",
  ])("%j is refused in a sentence", (text) => {
    expect(() => explain(text, [])).toThrow(AddressError);
  });

  it.each(["fe80::1", "::1", "ff02::1", "::"])("%s embeds nothing", (text) => {
    expect(explain(text, PEER).embeddings).toEqual([]);
  });
});

describe("an address in no known prefix", () => {
  it.each([
    ["2001:db8:99::c633:6402", "198.51.100.2", "2001:db8:99::/96"],
    ["2001:db8:99::c0a8:10a", "192.168.1.10", "2001:db8:99::/96"],
    ["2a0a:2::c633:6402", "198.51.100.2", "2a0a:2::/96"],
    ["2001:db8:122:344:c0:2:2100::", "192.0.2.33", "2001:db8:122:344::/64"],
  ])("%s is read as embedding %s, and the doubt is told", (address, ipv4, prefix) => {
    const explanation = explain(address, PEER);
    expect(explanation.embeddings).toContainEqual(
      expect.objectContaining({ prefix, origin: "guess", ipv4: expect.objectContaining({ address: ipv4 }) }),
    );
    expect(render(explanation)).toContain(
      "No known NAT64 prefix contains it. As an IPv4-embedded address it would be:",
    );
  });

  it("in a lab's prefix, documentation addresses are translated and private ones are not", () => {
    const refusals = ["c633:6402", "c0a8:10a"].map(
      (last) => explain(`2001:db8:99::${last}`, []).embeddings?.[0].refused,
    );
    expect(refusals).toEqual([undefined, expect.stringContaining("192.168.1.10 is not global unicast")]);
    expect(explain("2a0a:2::c633:6402", []).embeddings?.[0].refused).toContain("198.51.100.2 is not global unicast");
  });

  it("with an IPv4 address that no host has: what it would be under a /96 is told all the same", () => {
    const explanation = explain("2001:db8:99::1", PEER);
    expect(explanation).toMatchObject({ embeddings: [], lastBits: { address: "0.0.0.1" } });
    expect(render(explanation)).toMatch(/Under a \/96 it would embed 0\.0\.0\.1 \(.*0\.0\.0\.0\/8/);
  });

  it.each(["2a0a:2:0:0:ff00::1", "fe80::808:808", "::1", "ff02::1"])(
    "%s cannot be in a NAT64 prefix, and that is told",
    (address) => {
      const explanation = explain(address, PEER);
      expect(explanation).not.toHaveProperty("lastBits");
      expect(render(explanation)).toContain("no NAT64 prefix can contain it");
    },
  );
});

describe("what the translator of a known prefix forwards to", () => {
  const read = (address: string, lab: boolean, hasPeerExits: boolean) =>
    explain(address, [{ text: "2001:db8:64::/80", origin: "config", policy: { lab, hasPeerExits } }]).embeddings?.[0];

  it("depends on lab = true, and there on whether peer exits may publish private addresses", () => {
    expect(read("2001:db8:64::c633:6402", false, true)?.refused).toContain("not global unicast");
    expect(read("2001:db8:64::c633:6402", true, true)).not.toHaveProperty("refused");
    expect(read("2001:db8:64::a00:1", true, true)?.refused).toContain("not global unicast");
    expect(read("2001:db8:64::a00:1", true, false)).not.toHaveProperty("refused");
  });

  it("a private address under a pinned selector is what its IPv4 peer publishes", () => {
    expect(read("2001:db8:64::5:c0a8:10a", false, true)?.refused).toContain("publishes it");
  });

  it("a reserved selector and an unused address of the peer itself lead nowhere", () => {
    expect(read("2001:db8:64::ff00:808:808", false, true)?.refused).toContain("reserved");
    expect(read("2001:db8:64::ffff:0:2", false, true)?.refused).toContain("ffff::1");
    expect(read("2001:db8:64::ffff:0:1", false, true)).not.toHaveProperty("refused");
  });

  it("an IPv4 address gets the same verdict", () => {
    const forms = (lab: boolean) =>
      explain("198.51.100.2", [{ text: "2001:db8:64::/96", origin: "config", policy: { lab, hasPeerExits: true } }]);
    expect(forms(true).nat64?.[0]).not.toHaveProperty("refused");
    expect(render(forms(true))).not.toContain("efused");
  });
});

describe("peer exits of the running daemon", () => {
  const known = [{ text: "2001:db8:64::/80", origin: "daemon" }] as const;
  const teredo = "2001:0:808:808:0:63bf:f7f7:fbfb";
  const exits = [{ selector: 0x12, peer: "nrfrhkbnnrvand7pu4ab336lv7sqruj5", state: "up", teredo }];

  it("a pinned selector tells its exit, that of nobody none", () => {
    const { embeddings } = explain("2001:db8:64::12:808:808", known, exits);
    expect(embeddings?.[0].selector).toEqual({ value: "0012", use: "pinned", exit: exits[0] });
    expect(explain("2001:db8:64::13:808:808", known, exits).embeddings?.[0].selector).not.toHaveProperty("exit");
  });

  it("a selector in somebody else's prefix tells nothing of our exits", () => {
    const others = [{ text: "2001:db8:65::/80", origin: "argument" }] as const;
    expect(explain("2001:db8:65::12:808:808", others, exits).embeddings?.[0].selector).not.toHaveProperty("exit");
  });

  it("a Teredo address tells the exit that has it now", () => {
    expect(explain(teredo, known, exits).teredo).toMatchObject({ exit: exits[0] });
  });
});

import { describe, expect, it } from "vitest";
import { answerSize, maxAddresses } from "../../src/commands/dns64/answer-size.ts";
import { SERVERS } from "../../src/commands/dns64/servers/index.ts";

const [FIRST, SECOND] = ["2a00:64:64::/96", "2a00:64:65::/96"];
const plan = { prefixes: [FIRST, SECOND], withdrawn: [], isLab: false };

describe("configuration", () => {
  it("for BIND has a clause for each prefix, and maps no address that a NAT64 refuses", () => {
    const text = SERVERS.bind.whole(plan).join("\n");
    expect(text.match(/^dns64 \S+ \{$/gm)).toEqual([`dns64 ${FIRST} {`, `dns64 ${SECOND} {`]);
    for (const block of ["10.0.0.0/8", "100.64.0.0/10", "192.168.0.0/16", "198.51.100.0/24", "224.0.0.0/4"]) {
      expect(text).toContain(`!${block};`);
    }
    // Hosts find the prefixes by these (RFC 7050), though they are special-purpose.
    expect(text.indexOf("192.0.0.170;")).toBeLessThan(text.indexOf("!192.0.0.0/24;"));
    expect(SERVERS.bind.whole({ ...plan, isLab: true }).join()).not.toContain("198.51.100.0/24");
  });

  it("for Unbound has the preferred prefix alone", () => {
    expect(SERVERS.unbound.whole(plan).filter((line) => line.includes("dns64-prefix"))).toEqual([
      `    dns64-prefix: ${FIRST}`,
    ]);
  });

  it("for radvd withdraws prefixes that left with lifetime 0", () => {
    expect(SERVERS.radvd.part({ ...plan, prefixes: [FIRST], withdrawn: [SECOND] })).toEqual([
      `nat64prefix ${FIRST} { AdvValidLifetime 1800; };`,
      `nat64prefix ${SECOND} { AdvValidLifetime 0; };`,
    ]);
    expect(SERVERS.radvd.whole({ ...plan, interface: "eth0" })[0]).toBe("interface eth0 {");
  });

  it("is a comment when no prefix is left", () => {
    for (const server of [SERVERS.bind, SERVERS.unbound]) {
      expect(server.whole({ ...plan, prefixes: [] })).toEqual([expect.stringMatching(/^#/)]);
    }
  });
});

describe("the size of answers", () => {
  it("is 512 bytes at most for so many IPv4 addresses, and more for one more", () => {
    for (const prefixes of [1, 2, 3]) {
      for (let name = 1; name <= 255; name++) {
        const most = maxAddresses(name, prefixes);
        expect(answerSize(name, most, prefixes)).toBeLessThanOrEqual(512);
        expect(answerSize(name, most + 1, prefixes)).toBeGreaterThan(512);
      }
    }
  });

  it("lets eight addresses in two prefixes through, or five in three, for a name of 32 bytes", () => {
    expect([1, 2, 3].map((prefixes) => maxAddresses(32, prefixes))).toEqual([16, 8, 5]);
  });
});

/** Data packets from the other implementation (peer-protocol/test/vectors/make-vectors.py), through an IPv4 peer's engine. */
import { readFileSync } from "node:fs";
import { createEngine, ExitRules, Nat64 } from "@nat64/nat64-engine";
import { compileRefusals, LABORATORY_BLOCKS, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, it } from "vitest";

const wire = JSON.parse(
  readFileSync(new URL("../../peer-protocol/test/vectors/wire.json", import.meta.url), "utf8"),
) as Readonly<Record<string, string>> & {
  readonly dropped: readonly { readonly defect: string; readonly udp: string }[];
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

const REASONS: Readonly<Record<string, string>> = {
  "source outside the prefix": "not-a-pair",
  "source with another selector": "not-a-pair",
  "destination that is no pair's": "not-a-pair",
  "destination port that is refused": "refused-by-policy",
  "server that is not global": "refused-by-policy",
  "hop limit 1": "hop-limit-exceeded",
  "UDP checksum 0": "udp-zero-checksum",
};

function exit(): Nat64 {
  const engine = createEngine(
    {
      mode: "exit",
      ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" },
      mtu: { ipv6: 1280, ipv4: 1500, lowestIPv6: 1280 },
      allowSpecialPurpose: true,
    },
    { random: () => 1 },
  );
  const [w0, w1, w2] = parseIPv6("2001:db8:64::2a:0:0");
  engine.pairs!.set(0, {
    teredo: parseIPv6("2001:0:c000:201:2866:63bf:39cc:9bf8"),
    prefix: [w0, w1, w2],
    local: parseIPv4("198.18.0.1"),
    rules: new ExitRules(
      {
        internet: true,
        published: [],
        refused: [{ network: 0, length: 0, protocol: 17, firstPort: 1900, lastPort: 1900 }],
      },
      compileRefusals({ allow: LABORATORY_BLOCKS.filter((block) => !block.startsWith("10.")) }),
    ),
  });
  return new Nat64(engine);
}

/** An IPv4 packet without the Identification, which the translator chooses, and without the header checksum over it. */
const comparable = (packet: string): string =>
  `${packet.slice(0, 8)}****${packet.slice(12, 20)}****${packet.slice(24)}`;

describe("a data packet", () => {
  it("to the IPv4 peer becomes the IPv4 packet of the vectors", () => {
    const { packets } = exit().fromIPv6(unhex(wire.dataToV4), 0);
    expect(packets.map(({ family, packet }) => [family, comparable(hex(packet))])).toEqual([
      [4, comparable(wire.dataAsIPv4)],
    ]);
  });

  it("to the IPv6 peer is that of the vectors", () => {
    const { packets } = exit().fromIPv4(unhex(wire.answerAsIPv4), 0);
    expect(packets.map(({ family, packet }) => [family, hex(packet)])).toEqual([[6, wire.dataToV6]]);
  });

  it.each(wire.dropped)("is not forwarded: $defect", ({ defect, udp }) => {
    const { packets, dropped } = exit().fromIPv6(unhex(udp), 0);
    expect(dropped).toBe(REASONS[defect]);
    expect(packets.filter(({ family }) => family === 4)).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { renderTable } from "../src/host/firewall.ts";

const PLAN = {
  device: "v4peer",
  uplinkDevices: ["eth0", "lan0"],
  guarded: ["eth0"],
  masquerade: [{ local: "198.19.255.192", ports: { first: 61_440, last: 65_535 } }],
  services: [
    { address: "192.168.1.10", alias: "192.0.0.11", protocol: "tcp", firstPort: 80, lastPort: 81 },
    { address: "192.168.1.10", protocol: "udp", firstPort: 53, lastPort: 53 },
  ],
} as const;

describe("our own nftables table", () => {
  const lines = renderTable("v4peer_v4peer", PLAN, true)
    .split("\n")
    .map((line) => line.trim());

  test("masquerades each pair into its ports", () => {
    for (const protocol of ["tcp", "udp"]) {
      expect(lines).toContain(
        `oifname != "v4peer" ip saddr 198.19.255.192 meta l4proto ${protocol} masquerade to :61440-65535`,
      );
    }
  });

  test("lets clients reach of this host what is published, and nothing else", () => {
    const from = lines.indexOf("chain input_guard {");
    expect(lines.slice(from + 2, lines.indexOf("}", from))).toEqual([
      'iifname != "v4peer" accept',
      "icmp type { destination-unreachable, time-exceeded, parameter-problem } ct state related accept",
      "ct state invalid drop",
      "ip daddr 192.168.1.10 tcp dport 80-81 accept",
      "ip daddr 192.168.1.10 udp dport 53 accept",
      "drop",
    ]);
  });

  test("lets clients leave by the ways out alone, and nothing in that nobody asked for", () => {
    const from = lines.indexOf("chain forward_guard {");
    expect(lines.slice(from + 2, lines.indexOf("}", from))).toEqual([
      'iifname "v4peer" oifname != { "eth0", "lan0" } drop',
      'iifname "v4peer" meta nfproto != ipv4 drop',
      'iifname "v4peer" ct state invalid drop',
      'iifname "v4peer" accept',
      'oifname "v4peer" ct state established,related accept',
      'oifname "v4peer" drop',
      'iifname "eth0" meta nfproto ipv4 drop',
    ]);
  });

  test("lets this host send to pairs only what belongs to their flows", () => {
    const from = lines.indexOf("chain output_guard {");
    expect(lines.slice(from + 2, lines.indexOf("}", from))).toEqual([
      'oifname != "v4peer" accept',
      "ct state established,related accept",
      "drop",
    ]);
  });

  test("has aliases, and lifetimes where the kernel has them", () => {
    expect(lines).toContain('iifname "v4peer" ip daddr 192.0.0.11 tcp dport 80-81 dnat ip to 192.168.1.10');
    expect(lines.join("\n")).toContain("unreplied : 300, replied : 300");
    expect(renderTable("t", { ...PLAN, services: [] }, false)).not.toMatch(/ct timeout|dnat/);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCapture } from "../src/capture/pcap.ts";
import { journeyTable } from "../src/demo/journey-table.ts";
import { Capture, journeyOfConnection, miredo, startPeer, tcpConnect } from "../src/index.ts";
import { isRoot } from "./root.ts";

describe("a capture file", () => {
  it("that tcpdump has only begun holds nothing", () => {
    expect(readCapture(new Uint8Array(10))).toEqual([]);
  });

  it("of something else is refused", () => {
    expect(() => readCapture(readFileSync(import.meta.filename))).toThrow("not a capture file");
  });
});

describe.skipIf(!isRoot)("the journey of a connection through Miredo's relay and client", () => {
  it("is seen on each link, inside UDP between relay and client, and unchanged in there", async () => {
    const topology = await startPeer(miredo);
    try {
      const { lab, client, relay, server, v4peers, translator } = topology;
      const [{ host: v4peer, device, home }] = v4peers;
      const out = "out" as const;
      const capture = await Capture.start(lab.directory, [
        { host: client, device: "to-r6", direction: out },
        { host: relay!, device: "to-r4", direction: out },
        { host: home!.nat, device: "to-v4peer1", direction: out },
        { host: v4peer, device: "teredo", direction: "inout" },
        { host: v4peer, device, direction: out },
        { host: server, device: "to-r4b", direction: out },
      ]);
      expect(await tcpConnect(client, translator.target, 81)).toBe("ECONNREFUSED");
      const { there } = journeyOfConnection(await capture.stop());
      const rows = journeyTable(there).split("\n");
      expect(rows.map((row) => row.replace(/ {2}.*/, ""))).toEqual([
        "client → r6",
        "relay → r4",
        "nat1 → v4peer1",
        "v4peer1, teredo",
        "v4peer1 → nat1",
      ]);
      expect(rows[1]).toContain("the same, in UDP 192.0.2.45:3545 → 203.0.113.10:40001");
      expect(rows[2]).toContain("the same, in UDP 192.0.2.45:3545 → 192.168.1.10:40001");
      expect(rows[4]).toMatch(/2001:db8:d3::2 {2}2001:db8:d5::2 +\d+ → 81/);
    } finally {
      topology.lab.down();
    }
  });
});

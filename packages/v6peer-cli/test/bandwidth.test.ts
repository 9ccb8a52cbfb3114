import type { BandwidthStatus, Status } from "@nat64/v6peer-daemon/client";
import { describe, expect, it } from "vitest";
import { requestOf } from "../src/commands/bandwidth/request.ts";
import { bandwidthRows } from "../src/output/bandwidth-rows.ts";

describe("v6peer bandwidth", () => {
  it("asks for what its arguments say", () => {
    expect(requestOf(undefined, {})).toBeUndefined();
    expect(requestOf("50M", {})).toEqual({ up: { rate: 5e7 }, down: { rate: 5e7 } });
    expect(requestOf(undefined, { up: "1.5G" })).toEqual({ up: { rate: 1.5e9 } });
    expect(requestOf("none", { untilRestart: true })).toEqual({ up: null, down: null, untilRestart: true });
    expect(requestOf(undefined, { reset: true, down: "8k" })).toEqual({ reset: true, down: { rate: 8000 } });
  });

  it.each([
    ["fast", {}, /"fast" is not a valid bandwidth: expected bits per second such as 50M/],
    ["-5M", {}, /is not a valid bandwidth/],
    ["1k", {}, /from 8k to 1000G/],
    ["5M", { up: "1M" }, /cannot be combined with --up or --down/],
    ["none", { reset: true as const }, /cannot be combined with RATE/],
    [undefined, { untilRestart: true as const }, /--until-restart requires RATE/],
  ])("refuses %s with %o", (rate, options, sentence) => {
    expect(() => requestOf(rate, options)).toThrow(sentence);
  });

  it("says all that there is to say", () => {
    const status: BandwidthStatus = {
      up: { rate: 2e7 },
      down: { rate: 5e7, burst: 64_000 },
      source: "command",
      setAt: "2026-11-23T21:00:00Z",
      isKept: false,
      monthly: {
        limit: 9e11,
        used: 8.7e11,
        nothingNewFrom: 8.55e11,
        state: "nothing-new",
        starts: "2026-11-01T00:00:00Z",
        ends: "2026-12-01T00:00:00Z",
        problem: "EACCES",
        share: { client: 1e8, site: 2e8 },
      },
      peerExitsUseLinkTwice: true,
    };
    const way = {
      packets: 1,
      bytes: 13e6,
      droppedForDelay: 1000,
      droppedForRoom: 1,
      refused: 0,
      withoutShare: 0,
      droppedBytes: 1,
      marked: 3,
      queuedBytes: 2400,
      queuedMemory: 4096,
      queuedClients: 1,
      queuedFlows: 1,
      meanDelay: 5.123,
      longestDelay: 9,
    };
    const counters: Status["counters"]["bandwidth"] = {
      up: way,
      down: { ...way, queuedBytes: 0, marked: 0 },
      budget: "open",
    };
    expect(bandwidthRows(status, counters)).toEqual([
      [
        "Bandwidth",
        "20 Mbit/s from clients, 50 Mbit/s (burst 64.0 kB) to clients, set by command at 2026-11-23T21:00:00Z until the next start; traffic through peer exits crosses this host's link twice",
      ],
      ["  from clients", "13.0 MB, 2.4 kB queued, 5.1 ms, 1,001 packets dropped, 3 marked"],
      ["  to clients", "13.0 MB, nothing queued, 1,001 packets dropped"],
      [
        "  this month",
        "870.0 GB of 900.0 GB (96.6 %) until 2026-12-01; new sessions are refused; a restart would lose this: EACCES",
      ],
      ["  each client", "at most 100.0 MB today, 200.0 MB for a /48"],
    ]);
    expect(bandwidthRows({ source: "configuration", peerExitsUseLinkTwice: true }, undefined)).toEqual([
      ["Bandwidth", "no limit"],
    ]);
  });
});

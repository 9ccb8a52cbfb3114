import { execFileSync } from "node:child_process";
import { processorMask, steerPackets } from "@nat64/daemon-kit/host";
import { describe, expect, it, onTestFinished } from "vitest";

const isRoot = process.getuid?.() === 0;

describe("processorMask", () => {
  it.each([
    [1, "1"],
    [2, "3"],
    [8, "ff"],
    [32, "ffffffff"],
    [33, "1,ffffffff"],
    [70, "3f,ffffffff,ffffffff"],
  ])("names the first %i processors as %s", (count, mask) => {
    expect(processorMask(count)).toBe(mask);
  });
});

describe("steerPackets", () => {
  it("leaves a machine with one processor, and devices that are not there, alone", () => {
    expect(steerPackets("lo", 1)).toBe(false);
    expect(steerPackets("missing0", 2)).toBe(false);
  });

  it.skipIf(!isRoot)("lets all processors take part in what comes from a device (needs root)", () => {
    const namespace = `nat64-${process.pid}-steering`;
    execFileSync("ip", ["netns", "add", namespace]);
    onTestFinished(() => void execFileSync("ip", ["netns", "delete", namespace]));
    const script = `
      const { steerPackets } = await import(${JSON.stringify(import.meta.resolve("@nat64/daemon-kit/host"))});
      const { readFileSync } = await import("node:fs");
      const done = steerPackets("lo", 2);
      console.log(done, readFileSync("/sys/class/net/lo/queues/rx-0/rps_cpus", "utf8").trim());`;
    const node = [process.execPath, "--input-type=module", "--eval", script];
    const output = execFileSync("ip", ["netns", "exec", namespace, ...node], { encoding: "utf8" });
    expect(output).toMatch(/^true 0*3\n$/);
  });
});

import { execFileSync } from "node:child_process";
import { createPacketBatch } from "@nat64/packet-io/packets";
import { PollSet } from "@nat64/packet-io/wait";
import { describe, expect, it } from "vitest";

const isArgumentError = expect.objectContaining({ code: "ERR_PACKET_IO_ARGUMENT" });

describe("arguments", () => {
  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])("refuses a batch of %d slots", (capacity) => {
    expect(() => createPacketBatch({ capacity })).toThrow(RangeError);
  });

  it("refuses more than 64 descriptors and a timeout that is not a number", () => {
    expect(() => new PollSet(new Array(65).fill(0))).toThrow(isArgumentError);
    expect(() => new PollSet([]).wait(Number.NaN)).toThrow(isArgumentError);
  });

  it("can be imported on other systems than Linux, and says so on use", () => {
    const script = `
      Object.defineProperty(process, "platform", { value: "darwin" });
      const { createPacketBatch } = await import("@nat64/packet-io/packets");
      const { openUdpSocket } = await import("@nat64/packet-io/udp");
      createPacketBatch();
      try { openUdpSocket() } catch (error) { console.log(error.code) }`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname });
    expect(output.toString()).toBe("ERR_PACKET_IO_PLATFORM\n");
  });
});

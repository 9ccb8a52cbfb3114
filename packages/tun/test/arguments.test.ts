import { execFileSync } from "node:child_process";
import { createPacketBatch, openTun, Poller } from "@nat64/tun";
import { describe, expect, it } from "vitest";

describe("arguments", () => {
  it.each(["", "sixteen-letters-", "a b", "a/b", "../x", ".", "..", "a:b", "tun%d", "é", "a\0b", "a\u001b[31m"])(
    "refuses the interface name %j with ERR_TUN_NAME and shows no control characters",
    (name) => {
      expect(() => openTun({ name })).toThrow(expect.objectContaining({ name: "TunError", code: "ERR_TUN_NAME" }));
      expect(() => openTun({ name })).toThrow(/^[\x20-\x7e]+$/);
    },
  );

  it("refuses an offload level that does not exist", () => {
    expect(() => openTun({ offloads: "some" as "all" })).toThrow(expect.objectContaining({ code: "ERR_TUN_ARGUMENT" }));
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])("refuses a batch of %d slots", (capacity) => {
    expect(() => createPacketBatch({ capacity })).toThrow(RangeError);
  });

  it("refuses more than 64 descriptors and a timeout that is not a number", () => {
    expect(() => new Poller(new Array(65).fill(0))).toThrow(expect.objectContaining({ code: "ERR_TUN_ARGUMENT" }));
    expect(() => new Poller([]).wait(Number.NaN)).toThrow(expect.objectContaining({ code: "ERR_TUN_ARGUMENT" }));
  });

  it("can be imported where there is no Linux, and says so on use", () => {
    const script = `
      Object.defineProperty(process, "platform", { value: "darwin" });
      const { openTun, createPacketBatch } = await import("@nat64/tun");
      createPacketBatch();
      try { openTun() } catch (error) { console.log(error.code) }`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname });
    expect(output.toString()).toBe("ERR_TUN_PLATFORM\n");
  });
});

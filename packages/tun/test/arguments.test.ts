import { execFileSync } from "node:child_process";
import { openTun } from "@nat64/tun";
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

  it("can be imported on other systems than Linux, and says so on use", () => {
    const script = `
      Object.defineProperty(process, "platform", { value: "darwin" });
      const { openTun } = await import("@nat64/tun");
      try { openTun() } catch (error) { console.log(error.code) }`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname });
    expect(output.toString()).toBe("ERR_PACKET_IO_PLATFORM\n");
  });
});

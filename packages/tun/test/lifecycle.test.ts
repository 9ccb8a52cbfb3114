import { describe, expect, it } from "vitest";
import { canUseTun, runScenario } from "./support/namespace.ts";

const failure = (code: string, errno: string) => ({
  code,
  errno,
  message: expect.stringMatching(/\/dev\/net\/tun|test0/),
});

describe.skipIf(!canUseTun)("the life of a TUN device (needs root)", () => {
  it("opens, shares, keeps and closes devices, with a typed error for each misuse and no descriptor lost", () => {
    expect(runScenario("lifecycle")).toEqual({
      busy: "ERR_TUN_BUSY",
      mismatch: "ERR_TUN_MISMATCH",
      notTun: "ERR_TUN_MISMATCH",
      there: true,
      afterClose: {
        fd: "ERR_PACKET_IO_CLOSED",
        handle: "ERR_PACKET_IO_CLOSED",
        read: "ERR_PACKET_IO_CLOSED",
        write: "ERR_PACKET_IO_CLOSED",
        counters: "no error",
      },
      gone: true,
      queueFds: 3,
      persists: true,
      pickedName: "tun0",
      deleted: { polled: true, read: "ERR_TUN_GONE" },
      leakedFiles: 0,
    });
  });

  it("says that /dev/net/tun is missing", () => {
    expect(runScenario("no-device", "empty")).toEqual(failure("ERR_TUN_NO_DEVICE", "ENOENT"));
  });

  it("says that CAP_NET_ADMIN is missing when the device could be opened but not attached", () => {
    expect(runScenario("no-device", "open")).toEqual(failure("ERR_TUN_PERMISSION", "EPERM"));
  });
});

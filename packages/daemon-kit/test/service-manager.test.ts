import { createLog, ServiceManager } from "@nat64/daemon-kit/program";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const log = createLog("silent");

/** A manager whose systemd is a list. */
function listen(environment: NodeJS.ProcessEnv) {
  const told: string[] = [];
  const manager = new ServiceManager((path, text) => told.push(`${path} ${text}`), log, environment);
  return { manager, told };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what systemd is told", () => {
  it("is nothing where there is none, and nobody looks", () => {
    const { manager, told } = listen({});
    const look = vi.fn(async () => "fine");
    manager.ready();
    manager.watch(look);
    manager.stopping();
    expect(told).toEqual([]);
    expect(look).not.toHaveBeenCalled();
  });

  it("is ready, a reload with its time in microseconds, ready again, and the end", () => {
    const { manager, told } = listen({ NOTIFY_SOCKET: "/run/notify" });
    const before = process.hrtime.bigint() / 1000n;
    manager.ready();
    manager.reloading();
    manager.ready();
    manager.stopping();
    const time = BigInt(told[1].split("MONOTONIC_USEC=")[1]);
    expect(time >= before && time <= process.hrtime.bigint() / 1000n).toBe(true);
    expect(told).toEqual([
      "/run/notify READY=1",
      `/run/notify RELOADING=1\nMONOTONIC_USEC=${time}`,
      "/run/notify READY=1",
      "/run/notify STOPPING=1\nSTATUS=stopping",
    ]);
  });

  it("comes three times within the watchdog's time, with the state on one line, and no more after the end", async () => {
    const { manager, told } = listen({
      NOTIFY_SOCKET: "@n",
      WATCHDOG_USEC: "30000000",
      WATCHDOG_PID: `${process.pid}`,
    });
    manager.watch(async () => "12\nsessions");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(told).toEqual(Array(4).fill("@n WATCHDOG=1\nSTATUS=12 sessions"));
    manager.stopping();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(told).toHaveLength(5);
  });

  it("leaves the watchdog out while the daemon does not do its work", async () => {
    const { manager, told } = listen({ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "3000000" });
    let works = false;
    manager.watch(() => (works ? Promise.resolve("fine") : Promise.reject(new Error("stuck"))));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told).toEqual([]);
    works = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(["@n WATCHDOG=1\nSTATUS=fine"]);
  });

  it("is not said by programs that the daemon runs, nor to a watchdog of another process", async () => {
    const environment = { NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "3000", WATCHDOG_PID: "1", PATH: "/bin" };
    const { manager, told } = listen(environment);
    expect(environment).toEqual({ PATH: "/bin" });
    manager.watch(async () => "fine");
    await vi.advanceTimersByTimeAsync(19_000);
    expect(told).toHaveLength(1);
  });

  it("does not end the daemon when it cannot be told", () => {
    const manager = new ServiceManager(
      () => {
        throw new Error("ECONNREFUSED");
      },
      log,
      { NOTIFY_SOCKET: "@n" },
    );
    expect(() => manager.ready()).not.toThrow();
  });
});

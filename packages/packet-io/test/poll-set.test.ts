import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { borrowEventFd, openEventFd, POLL_IN, POLL_INVALID, POLL_OUT, PollSet } from "@nat64/packet-io/wait";
import { afterEach, describe, expect, it } from "vitest";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const event of opened.splice(0)) event.close();
});

function eventFd(): ReturnType<typeof openEventFd> {
  const event = openEventFd();
  opened.push(event);
  return event;
}

describe("EventFd", () => {
  it("takes several notifications as one", () => {
    const event = eventFd();
    expect(event.clear()).toBe(false);
    event.notify();
    event.notify();
    expect([event.clear(), event.clear()]).toEqual([true, false]);
  });

  it("throws ERR_PACKET_IO_CLOSED after it was closed, and may be closed twice", () => {
    const event = openEventFd();
    event.close();
    event.close();
    for (const use of [() => event.fd, () => event.notify(), () => event.clear()]) {
      expect(use).toThrow(expect.objectContaining({ code: "ERR_PACKET_IO_CLOSED" }));
    }
  });

  it("stays open when a borrower closes it", () => {
    const event = eventFd();
    borrowEventFd(event.fd).close();
    event.notify();
    expect(event.clear()).toBe(true);
  });
});

describe("PollSet", () => {
  it("reports which descriptors are ready, and clears the report when none is", () => {
    const [first, second] = [eventFd(), eventFd()];
    const pollSet = new PollSet([first.fd, second.fd]);
    second.notify();
    expect([pollSet.wait(0), ...pollSet.ready]).toEqual([1, 0, POLL_IN]);
    second.clear();
    expect([pollSet.wait(0), ...pollSet.ready]).toEqual([0, 0, 0]);
  });

  it("waits for what `events` says", () => {
    const event = eventFd();
    const pollSet = new PollSet([event.fd]);
    pollSet.events[0] = POLL_IN | POLL_OUT;
    expect([pollSet.wait(-1), pollSet.ready[0]]).toEqual([1, POLL_OUT]);
  });

  it("leaves out negative descriptors and reports closed ones", () => {
    const event = openEventFd();
    const pollSet = new PollSet([event.fd, -1]);
    event.close();
    expect([pollSet.wait(-1), ...pollSet.ready]).toEqual([1, POLL_INVALID, 0]);
  });

  it.each([0, 50])("never comes back before a fractional timeout is over (spinning %i µs)", (spin) => {
    const pollSet = new PollSet([eventFd().fd]);
    const start = performance.now();
    expect(pollSet.wait(1.2, spin)).toBe(0);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1.2);
  });

  it.each([0, 1000])("wakes a worker that waits for ever (spinning %i µs)", async (spin) => {
    const toWorker = eventFd();
    const fromWorker = eventFd();
    const script = `
      const { workerData } = require("node:worker_threads");
      import(workerData.module).then(({ borrowEventFd, PollSet }) => {
        const wake = borrowEventFd(workerData.wake);
        borrowEventFd(workerData.ready).notify();
        const found = new PollSet([wake.fd]).wait(-1, workerData.spin);
        process.exitCode = found === 1 && wake.clear() ? 7 : 1;
      });`;
    const module = import.meta.resolve("@nat64/packet-io/wait");
    const worker = new Worker(script, {
      eval: true,
      workerData: { module, wake: toWorker.fd, ready: fromWorker.fd, spin },
    });
    const ended = once(worker, "exit");
    const ready = new PollSet([fromWorker.fd]);
    // The worker needs this thread's loop while it starts.
    while (ready.wait(1) === 0) await new Promise(setImmediate);
    toWorker.notify();
    expect(await ended).toEqual([7]);
  });
});

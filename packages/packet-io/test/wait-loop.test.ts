import { type EventFd, type LoopTask, openEventFd, WaitLoop } from "@nat64/packet-io/wait";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const opened: EventFd[] = [];
let wakeUp: EventFd;
let events: string[];
beforeEach(() => {
  wakeUp = eventFd();
  events = [];
});
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function eventFd(): EventFd {
  const event = openEventFd();
  opened.push(event);
  return event;
}

/** A task that is due once, at `deadline`, and does `action` then. */
function dueOnce(deadline: number, action: (now: number) => void): LoopTask {
  let due = deadline;
  return {
    nextDeadline: () => due,
    advance(now) {
      if (now < due) return;
      due = Number.POSITIVE_INFINITY;
      action(now);
    },
  };
}

function source(event: EventFd, name: string, action: () => void = () => {}) {
  return {
    fd: event.fd,
    receive() {
      event.clear();
      events.push(name);
      action();
    },
  };
}

const clock = (): number => performance.now();

describe("WaitLoop", () => {
  it("lets the message go first, then the sources that are ready, in their order, and ends with the message", () => {
    const [first, second, silent] = [eventFd(), eventFd(), eventFd()];
    second.notify();
    first.notify();
    wakeUp.notify();
    let messages = 0;
    const loop = new WaitLoop({
      clock,
      wakeUp,
      onMessage() {
        events.push("message");
        return ++messages < 2;
      },
      sources: [
        source(first, "first"),
        { fd: -1, receive: () => expect.unreachable() },
        source(second, "second", () => wakeUp.notify()),
        source(silent, "silent"),
      ],
      tasks: [],
    });
    loop.run();
    expect(events).toEqual(["message", "first", "second", "message"]);
    expect(loop.counters().wakeUps).toBe(2);
  });

  it("wakes for the earliest deadline, not before, and for one that a later task made sooner", () => {
    const start = clock();
    let moved = Number.POSITIVE_INFINITY;
    let movedAt = Number.POSITIVE_INFINITY;
    const movable: LoopTask = {
      nextDeadline: () => moved,
      advance(now) {
        if (now < moved) return;
        movedAt = now;
        moved = Number.POSITIVE_INFINITY;
        wakeUp.notify();
      },
    };
    let dueAt = 0;
    const mover = dueOnce(start + 20, (now) => {
      dueAt = now;
      moved = now + 10;
    });
    new WaitLoop({ clock, wakeUp, onMessage: () => false, sources: [], tasks: [movable, mover] }).run();
    expect(dueAt).toBeGreaterThanOrEqual(start + 20);
    expect(movedAt).toBeGreaterThanOrEqual(dueAt + 10);
  });

  it("tells how long it was busy, and the longest round since it was last asked", () => {
    const start = clock();
    const busy = dueOnce(start, () => {
      while (clock() < start + 30);
      wakeUp.notify();
    });
    const loop = new WaitLoop({ clock, wakeUp, onMessage: () => false, sources: [], tasks: [busy] });
    loop.run();
    const { busyMs, longestRoundMs } = loop.counters();
    expect(longestRoundMs).toBeGreaterThanOrEqual(29);
    expect(busyMs).toBeGreaterThanOrEqual(longestRoundMs);
    expect(loop.counters()).toMatchObject({ busyMs, longestRoundMs: 0 });
  });
});

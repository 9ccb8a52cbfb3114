import { ioError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";
import { Descriptor } from "../descriptor/descriptor.ts";

interface EventFdFunctions {
  eventFdOpen(): number;
  eventFdNotify(fd: number): number;
  eventFdClear(fd: number): number;
}

/**
 * A wake-up between threads (eventfd(2)): one thread waits for `fd` in a `PollSet`, another one calls `notify()`.
 * Notifications that come before `clear()` are one.
 */
export class EventFd extends Descriptor {
  readonly #native: EventFdFunctions = addon<EventFdFunctions>();

  /** Wakes the thread that waits. Throws `ERR_PACKET_IO_CLOSED`, `ERR_PACKET_IO_SYSTEM`. */
  notify(): void {
    const error = this.#native.eventFdNotify(this.fd);
    if (error < 0) throw ioError("waking by event descriptor", error);
  }

  /** Clears the notification. Returns whether there was one. Throws `ERR_PACKET_IO_CLOSED`, `ERR_PACKET_IO_SYSTEM`. */
  clear(): boolean {
    const result = this.#native.eventFdClear(this.fd);
    if (result < 0) throw ioError("clearing event descriptor", result);
    return result === 1;
  }
}

/** Makes an event descriptor. Throws `ERR_PACKET_IO_PLATFORM`, `ERR_PACKET_IO_ADDON`, `ERR_PACKET_IO_SYSTEM` (no descriptors left). */
export function openEventFd(): EventFd {
  const fd = addon<EventFdFunctions>().eventFdOpen();
  if (fd < 0) throw ioError("making an event descriptor", fd);
  return new EventFd("event descriptor", fd, true);
}

/** An event descriptor that another thread opened and will close. */
export function borrowEventFd(fd: number): EventFd {
  return new EventFd("event descriptor", fd, false);
}

import { Descriptor } from "./descriptor.ts";
import { ioError } from "./errors.ts";
import { type NativeAddon, native } from "./native.ts";

/**
 * A wake-up between threads (eventfd(2)): one thread waits for `fd` in a `Poller`, another one calls `notify()`.
 * Notifications that come before `clear()` are one.
 */
export class EventFd extends Descriptor {
  readonly #native: NativeAddon = native();

  /** Wakes whoever waits. Throws `ERR_TUN_CLOSED`, `ERR_TUN_IO`. */
  notify(): void {
    const error = this.#native.eventFdNotify(this.fd);
    if (error < 0) throw ioError("waking by event descriptor", error);
  }

  /** Takes the notification back. Returns whether there was one. Throws `ERR_TUN_CLOSED`, `ERR_TUN_IO`. */
  clear(): boolean {
    const result = this.#native.eventFdClear(this.fd);
    if (result < 0) throw ioError("clearing event descriptor", result);
    return result === 1;
  }
}

/** Makes an event descriptor. Throws `ERR_TUN_PLATFORM`, `ERR_TUN_ADDON`, `ERR_TUN_IO` (no descriptors left). */
export function openEventFd(): EventFd {
  const fd = native().eventFdOpen();
  if (fd < 0) throw ioError("making an event descriptor", fd);
  return new EventFd("event descriptor", fd, true);
}

/** An event descriptor that another thread opened and will close. */
export function borrowEventFd(fd: number): EventFd {
  return new EventFd("event descriptor", fd, false);
}

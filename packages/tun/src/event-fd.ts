import { closedError, ioError } from "./errors.ts";
import { type NativeAddon, native } from "./native.ts";

/**
 * A wake-up between threads (eventfd(2)): one thread waits for `fd` in a `Poller`, another one calls `notify()`.
 * Notifications that come before `clear()` are one.
 */
export class EventFd {
  readonly #native: NativeAddon;
  readonly #owned: boolean;
  #fd: number;

  /** Use {@link openEventFd} or {@link borrowEventFd}. */
  constructor(fd: number, owned: boolean) {
    this.#native = native();
    this.#fd = fd;
    this.#owned = owned;
  }

  /** The file descriptor; a plain number that may be sent to another thread. Throws `ERR_TUN_CLOSED`. */
  get fd(): number {
    if (this.#fd < 0) throw closedError("event descriptor");
    return this.#fd;
  }

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

  /** Closes the descriptor, or forgets it when it is borrowed. Closing again does nothing. */
  close(): void {
    const fd = this.#fd;
    this.#fd = -1;
    if (fd >= 0 && this.#owned) this.#native.closeFd(fd);
  }
}

/** Makes an event descriptor. Throws `ERR_TUN_PLATFORM`, `ERR_TUN_ADDON`, `ERR_TUN_IO` (no descriptors left). */
export function openEventFd(): EventFd {
  const fd = native().eventFdOpen();
  if (fd < 0) throw ioError("making an event descriptor", fd);
  return new EventFd(fd, true);
}

/** An event descriptor that another thread opened and will close. */
export function borrowEventFd(fd: number): EventFd {
  return new EventFd(fd, false);
}

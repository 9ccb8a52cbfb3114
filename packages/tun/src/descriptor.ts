import { closedError } from "./errors.ts";
import { native } from "./native.ts";

/** A file descriptor with an owner. The owner closes it; a borrower only forgets it. */
export class Descriptor {
  readonly #what: string;
  readonly #owned: boolean;
  #fd: number;

  /** `what` names the thing in errors. */
  constructor(what: string, fd: number, owned: boolean) {
    this.#what = what;
    this.#fd = fd;
    this.#owned = owned;
  }

  /** The file descriptor: a plain number that may be sent to another thread. Throws `ERR_TUN_CLOSED`. */
  get fd(): number {
    if (this.#fd < 0) throw closedError(this.#what);
    return this.#fd;
  }

  /** Closes the descriptor, or forgets it when it is borrowed. Closing again does nothing. */
  close(): void {
    const fd = this.#fd;
    this.#fd = -1;
    if (fd >= 0 && this.#owned) native().closeFd(fd);
  }
}

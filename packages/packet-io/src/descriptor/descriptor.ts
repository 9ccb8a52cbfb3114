import { closedError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";

interface DescriptorFunctions {
  closeFd(fd: number): number;
}

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

  /** The file descriptor: a plain number that may be sent to another thread. Throws `ERR_PACKET_IO_CLOSED`. */
  get fd(): number {
    if (this.#fd < 0) throw closedError(this.#what);
    return this.#fd;
  }

  /** Closes the descriptor, or forgets it when it is borrowed. Closing again does nothing. */
  close(): void {
    const fd = this.#fd;
    this.#fd = -1;
    if (fd >= 0 && this.#owned) addon<DescriptorFunctions>().closeFd(fd);
  }
}

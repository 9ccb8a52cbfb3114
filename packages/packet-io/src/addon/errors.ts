import { constants } from "node:os";

/**
 * Stable codes of {@link PacketIoError}:
 *
 * - `ERR_PACKET_IO_PLATFORM`: not Linux
 * - `ERR_PACKET_IO_ADDON`: the compiled addon is missing or does not load
 * - `ERR_PACKET_IO_ARGUMENT`: an argument is invalid (also thrown as `TypeError` by the addon)
 * - `ERR_PACKET_IO_PERMISSION`: not allowed
 * - `ERR_PACKET_IO_CLOSED`: used after `close()`
 * - `ERR_PACKET_IO_ADDRESS`: a UDP address is not an address of this host, or its port is taken
 * - `ERR_PACKET_IO_MAP`: a file could not be mapped
 * - `ERR_PACKET_IO_SYSTEM`: the system refused anything else
 */
export type PacketIoErrorCode =
  | "ERR_PACKET_IO_PLATFORM"
  | "ERR_PACKET_IO_ADDON"
  | "ERR_PACKET_IO_ARGUMENT"
  | "ERR_PACKET_IO_PERMISSION"
  | "ERR_PACKET_IO_CLOSED"
  | "ERR_PACKET_IO_ADDRESS"
  | "ERR_PACKET_IO_MAP"
  | "ERR_PACKET_IO_SYSTEM";

/** The error that this package throws. `message` is a sentence that says what is wrong and what to do. */
export class PacketIoError extends Error {
  override readonly name: string = "PacketIoError";
  /** Stable; for programs. */
  readonly code: PacketIoErrorCode;
  /** The system's name of the error, such as `EPERM`, when the system refused the call. */
  readonly errno: string | undefined;

  constructor(code: PacketIoErrorCode, message: string, errno?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.errno = errno;
  }
}

/** What a TUN device answers once its interface is deleted; Node has no name for it. */
const EBADFD = 77;

const ERRNO_NAMES = new Map<number, string>([
  [EBADFD, "EBADFD"],
  // Reversed, so that of two names for one number the first wins (EAGAIN, not EWOULDBLOCK).
  ...Object.entries(constants.errno)
    .map(([name, value]): [number, string] => [value, name])
    .reverse(),
]);

/** The symbolic name of a positive errno, such as `EPERM`, or `errno 123` for one without a name. */
export function errnoName(errno: number): string {
  return ERRNO_NAMES.get(errno) ?? `errno ${errno}`;
}

/** Makes an error of the negative errno of a call that is not expected to fail. */
export function ioError(what: string, negativeErrno: number): PacketIoError {
  const name = errnoName(-negativeErrno);
  return new PacketIoError("ERR_PACKET_IO_SYSTEM", `${what} failed: ${name}`, name);
}

/** The error of an object that was used after `close()`. */
export function closedError(what: string): PacketIoError {
  return new PacketIoError("ERR_PACKET_IO_CLOSED", `${what} is closed; open a new one`);
}

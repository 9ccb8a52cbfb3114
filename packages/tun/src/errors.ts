import { constants } from "node:os";

/**
 * Stable codes of {@link TunError}:
 *
 * - `ERR_TUN_PLATFORM`: not Linux
 * - `ERR_TUN_ADDON`: the compiled addon is missing or does not load
 * - `ERR_TUN_ARGUMENT`: an argument is not what the function takes (also thrown as `TypeError` by the addon)
 * - `ERR_TUN_NAME`: not a name that Linux gives to an interface
 * - `ERR_TUN_NO_DEVICE`: there is no /dev/net/tun
 * - `ERR_TUN_PERMISSION`: not allowed
 * - `ERR_TUN_BUSY`: another opener holds the device
 * - `ERR_TUN_MISMATCH`: an interface of this name exists and is of another kind
 * - `ERR_TUN_GONE`: the interface was deleted while it was open
 * - `ERR_TUN_CLOSED`: used after `close()`
 * - `ERR_TUN_ADDRESS`: a UDP address is not this host's, or its port is taken
 * - `ERR_TUN_MAP`: a file could not be mapped
 * - `ERR_TUN_IO`: anything else that the system refused
 */
export type TunErrorCode =
  | "ERR_TUN_PLATFORM"
  | "ERR_TUN_ADDON"
  | "ERR_TUN_ARGUMENT"
  | "ERR_TUN_NAME"
  | "ERR_TUN_NO_DEVICE"
  | "ERR_TUN_PERMISSION"
  | "ERR_TUN_BUSY"
  | "ERR_TUN_MISMATCH"
  | "ERR_TUN_GONE"
  | "ERR_TUN_CLOSED"
  | "ERR_TUN_ADDRESS"
  | "ERR_TUN_MAP"
  | "ERR_TUN_IO";

/** What this package throws. `message` is a sentence that says what was wrong and what to do. */
export class TunError extends Error {
  override readonly name: string = "TunError";
  /** Stable; for programs. */
  readonly code: TunErrorCode;
  /** The system's name of the error, such as `EPERM`, where the system was asked. */
  readonly errno: string | undefined;

  constructor(code: TunErrorCode, message: string, errno?: string, options?: ErrorOptions) {
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

/** Wraps a negative errno of a call that is not expected to fail. */
export function ioError(what: string, negativeErrno: number): TunError {
  const name = errnoName(-negativeErrno);
  return new TunError("ERR_TUN_IO", `${what} failed: ${name}`, name);
}

/** The error of an object that was used after `close()`. */
export function closedError(what: string): TunError {
  return new TunError("ERR_TUN_CLOSED", `${what} is closed; open a new one`);
}

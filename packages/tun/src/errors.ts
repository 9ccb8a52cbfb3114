/**
 * Stable codes of {@link TunError}:
 *
 * - `ERR_TUN_ARGUMENT`: an option is invalid
 * - `ERR_TUN_NAME`: Linux gives no interface such a name
 * - `ERR_TUN_NO_DEVICE`: there is no /dev/net/tun
 * - `ERR_TUN_PERMISSION`: not allowed
 * - `ERR_TUN_BUSY`: another opener holds the device
 * - `ERR_TUN_MISMATCH`: an interface of this name exists and is of another kind
 * - `ERR_TUN_GONE`: the interface was deleted while it was open
 * - `ERR_TUN_SYSTEM`: the system refused anything else
 */
export type TunErrorCode =
  | "ERR_TUN_ARGUMENT"
  | "ERR_TUN_NAME"
  | "ERR_TUN_NO_DEVICE"
  | "ERR_TUN_PERMISSION"
  | "ERR_TUN_BUSY"
  | "ERR_TUN_MISMATCH"
  | "ERR_TUN_GONE"
  | "ERR_TUN_SYSTEM";

/** The error of a TUN device. `message` is a sentence that says what is wrong and what to do. */
export class TunError extends Error {
  override readonly name: string = "TunError";
  /** Stable; for programs. */
  readonly code: TunErrorCode;
  /** The system's name of the error, such as `EPERM`, when the system refused the call. */
  readonly errno: string | undefined;

  constructor(code: TunErrorCode, message: string, errno?: string) {
    super(message);
    this.code = code;
    this.errno = errno;
  }
}

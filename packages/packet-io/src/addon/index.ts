/** The compiled addon and its errors: for packages that build on it. */

export { closedError, errnoName, ioError, PacketIoError, type PacketIoErrorCode } from "./errors.ts";
export { addon } from "./load.ts";

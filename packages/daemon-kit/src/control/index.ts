/** The control socket of a daemon: JSON lines over a Unix socket, for its owner and group. */
export { ControlClient, DaemonError, type DaemonErrorCode, type DaemonName } from "./client.ts";
export { LineSplitter } from "./line-splitter.ts";
export {
  type BadRequest,
  type ControlErrorCode,
  MAX_REQUEST_BYTES,
  PROTOCOL_VERSION,
  parseRequest,
  parseResponse,
  type Request,
  type Response,
} from "./protocol.ts";
export {
  type Call,
  ControlError,
  type ControlMethod,
  type ControlMethods,
  ControlServer,
  type ControlSocketOptions,
  method,
} from "./server.ts";

/** A peer's connection to its coordinator. */
export { type ConnectionCounters, type ConnectionState, CoordinatorConnection } from "./connection.ts";
export type { ConnectionOptions } from "./options.ts";
export type {
  Connect,
  ConnectionOutput,
  Disconnect,
  LossCause,
  Lost,
  MessageArrived,
  Opened,
  SendBytes,
  Unusable,
} from "./outputs.ts";

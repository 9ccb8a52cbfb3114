/** A peer's TLS connection to its coordinator. */
export {
  type CoordinatorEvents,
  CoordinatorLink,
  type CoordinatorLinkOptions,
  type CoordinatorStatus,
} from "./link.ts";
export { findCoordinatorFault } from "./probe.ts";
export { type CoordinatorAddress, connectTls } from "./tls.ts";

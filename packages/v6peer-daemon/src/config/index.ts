/** The configuration file of the IPv6 peer: read, checked, explained. */

export { ConfigFileError, type ConfigProblem, formatProblem } from "@nat64/daemon-kit/config";
export { auditDirectoryOf } from "./audit-log.ts";
export type { BandwidthFile, RateFile } from "./bandwidth.ts";
export type {
  CapsFile,
  ConfigFile,
  CoordinatorFile,
  LocalExitFile,
  PeerExitsFile,
  PoolRangeFile,
} from "./config-file.ts";
export { DEFAULT_CONFIG_PATH, loadConfig, parseConfig } from "./load.ts";
export { type PeerAddresses, peerAddresses, refusePeerPrefix } from "./prefix.ts";
export type { DaemonConfig } from "./resolve.ts";
export {
  defaultSharing,
  isHttpUrl,
  MAX_ACTIVE,
  MAX_TRUSTED,
  refuseTarget,
  type SharingFile,
  type TrustedPeer,
} from "./sharing.ts";

import type { V6PeerSettings } from "@nat64/nat64-engine/peer";
import type { ConfigFile } from "../config/file.ts";

/** What the operator chose, for the machine. */
export function settingsOf(file: ConfigFile): V6PeerSettings {
  const { bandwidth, coordinator, "peer-exits": peers } = file;
  return {
    ...(bandwidth !== undefined && { bandwidth }),
    listed: coordinator?.listed ?? false,
    abuse: coordinator?.abuse ?? "",
    exits: peers?.count ?? 0,
    wants: peers?.wants ?? [],
    onlyWanted: peers?.["only-wanted"] ?? false,
    pinnedInternet: peers?.["pinned-internet"] ?? false,
    weights: peers?.weights ?? {},
  };
}

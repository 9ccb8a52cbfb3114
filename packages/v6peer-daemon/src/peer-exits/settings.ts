import type { V6PeerSettings } from "@nat64/peer-machines";
import { promisedRate, type Rates, ratesOf } from "../bandwidth/rates.ts";
import type { ConfigFile } from "../config/config-file.ts";

/** The operator's settings for the machine. @param rates the rates in force @param banned peer ids of banned IPv4 peers */
export function settingsOf(
  file: ConfigFile,
  rates: Rates = ratesOf(file.bandwidth),
  banned: readonly string[] = [],
): V6PeerSettings {
  const bandwidth = promisedRate(rates);
  const { coordinator, "peer-exits": peers } = file;
  return {
    ...(bandwidth !== undefined && { bandwidth }),
    listed: coordinator?.listed ?? false,
    abuse: coordinator?.abuse ?? "",
    ...(file.complaints.terms !== undefined && { terms: file.complaints.terms }),
    exits: peers?.count ?? 0,
    wants: peers?.wants ?? [],
    onlyWanted: peers?.["only-wanted"] ?? false,
    pinnedInternet: peers?.["pinned-internet"] ?? false,
    weights: peers?.weights ?? {},
    banned,
  };
}

import { UnavailableError } from "@nat64/daemon-kit/command-line";
import type { SharedPrefix } from "@nat64/peer-protocol";
import { DaemonError } from "@nat64/v6peer-daemon/client";
import type { DaemonConfig, TrustedPeer } from "@nat64/v6peer-daemon/config";
import { getSharedList, type ListOptions } from "../../shared-prefixes/shared-list.ts";
import { type Candidates, findCandidates, needsList } from "./candidates.ts";
import type { Dns64Settings } from "./settings.ts";

/** What was gathered. */
export interface Gathered extends Candidates {
  /** Why the list could not be fetched although it was needed. */
  readonly listProblem?: string;
}

/**
 * Finds the candidates of the settings. Uses the list of shared prefixes if it is needed, or what is remembered of an
 * earlier list.
 */
export async function gatherCandidates(
  settings: Dns64Settings,
  options: ListOptions,
  config: DaemonConfig | undefined,
  remembered?: () => ReadonlyMap<string, string>,
): Promise<Gathered> {
  let list: readonly SharedPrefix[] | undefined;
  let listProblem: string | undefined;
  if (needsList(settings.trusted)) {
    try {
      const found = await getSharedList(options, config);
      if (found.complete || hasAll(found.prefixes, settings.trusted)) list = found.prefixes;
      else
        listProblem = `the list of ${found.source} is too long, and the part that was read does not contain all trusted peers`;
    } catch (error) {
      if (!(error instanceof DaemonError) && !(error instanceof UnavailableError)) throw error;
      listProblem = error.message;
    }
  }
  const known = remembered?.();
  const candidates = findCandidates({ ...settings, list, ...(known !== undefined && { remembered: known }) });
  return { ...candidates, ...(listProblem !== undefined && { listProblem }) };
}

function hasAll(prefixes: readonly SharedPrefix[], trusted: readonly TrustedPeer[]): boolean {
  return trusted.every(({ peer, prefix }) => prefix !== undefined || prefixes.some((each) => each.peer === peer));
}

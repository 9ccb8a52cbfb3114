import type { SharedPrefix } from "@nat64/peer-protocol";
import { DaemonError } from "@nat64/v6peer-daemon/client";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { UnavailableError } from "../exit.ts";
import { getSharedList, type ListOptions } from "../prefixes/shared-list.ts";
import { type Candidates, findCandidates, needsList } from "./candidates.ts";
import type { Dns64Settings } from "./settings.ts";

/** What was gathered. */
export interface Gathered extends Candidates {
  /** Why the list could not be had although it was needed. */
  readonly listProblem?: string;
}

/** Finds the candidates of the settings, with the list of shared prefixes where it is needed. */
export async function gatherCandidates(
  settings: Dns64Settings,
  options: ListOptions,
  config: DaemonConfig | undefined,
): Promise<Gathered> {
  let list: readonly SharedPrefix[] | undefined;
  let listProblem: string | undefined;
  if (needsList(settings.trusted)) {
    try {
      ({ prefixes: list } = await getSharedList(options, config));
    } catch (error) {
      if (!(error instanceof DaemonError) && !(error instanceof UnavailableError)) throw error;
      listProblem = error.message;
    }
  }
  return { ...findCandidates({ ...settings, list }), ...(listProblem !== undefined && { listProblem }) };
}

import { ControlError } from "@nat64/daemon-kit/control";
import type { SharedPrefix } from "@nat64/peer-protocol";
import type { Answers } from "../control/protocol.ts";
import type { PeerExits } from "./peer-exits.ts";

/** Lists the coordinator's shared prefixes. Throws a `ControlError` without a coordinator. */
export function listPrefixes(
  peerExits: Pick<PeerExits, "shared"> | undefined,
  emit: (page: readonly SharedPrefix[]) => Promise<void>,
  hungUp: AbortSignal,
): Promise<Answers["prefixes"]> {
  if (peerExits === undefined) {
    throw new ControlError(
      "refused",
      "v6peerd has no [coordinator] to get the list of prefixes from. Name a list with --list",
    );
  }
  return peerExits.shared.list(emit, hungUp);
}

import { ControlError } from "@nat64/daemon-kit/control";
import type { SharedPrefix } from "@nat64/peer-protocol";
import type { Answers } from "../control/protocol.ts";
import type { PeerExits } from "./peer-exits.ts";

/** Lists the shared prefixes as the coordinator has them, if there is one. */
export function listPrefixes(
  peerExits: Pick<PeerExits, "shared"> | undefined,
  emit: (page: readonly SharedPrefix[]) => Promise<void>,
  hungUp: AbortSignal,
): Promise<Answers["prefixes"]> {
  if (peerExits === undefined) {
    throw new ControlError(
      "refused",
      "v6peerd has no [coordinator], which keeps the list of prefixes; name one with --list",
    );
  }
  return peerExits.shared.list(emit, hungUp);
}

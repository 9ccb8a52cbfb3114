import { undoFirewall } from "./firewall.ts";
import { undoForwarding } from "./forwarding.ts";
import { undoLink } from "./link.ts";
import { undoRoute } from "./route.ts";
import type { Undo } from "./step.ts";
import { undoSysctl } from "./sysctl.ts";

/** How each kind of step is undone, from what it found alone: that is what a later process has. */
export const UNDO: Readonly<Record<string, Undo>> = {
  sysctl: undoSysctl,
  forwarding: undoForwarding,
  link: undoLink,
  route: undoRoute,
  "nft-table": undoFirewall,
};

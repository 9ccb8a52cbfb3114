import { type Undo, undoLeakGuard, undoNftTable, undoSysctl } from "@nat64/daemon-kit/host";
import { undoForwarding } from "./forwarding.ts";
import { undoLink } from "./link.ts";
import { undoRoute } from "./route.ts";

/** How each kind of step is undone. */
export const UNDO: Readonly<Record<string, Undo>> = {
  sysctl: undoSysctl,
  forwarding: undoForwarding,
  link: undoLink,
  route: undoRoute,
  "leak-guard": undoLeakGuard,
  "nft-table": undoNftTable,
};

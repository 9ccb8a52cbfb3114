/** A temporary address of the prefix, to send test packets from. */
import { runTool } from "@nat64/daemon-kit/host";
import { undoLater } from "../undo.ts";

/** Seconds after which the kernel removes the address if doctor cannot. */
const LIFETIME_SECONDS = 30;

/**
 * Adds the address to the loopback interface: the host accepts packets to it, but does not answer Neighbour Solicitations
 * for it on a link. The address is deprecated, so that nothing else uses it. Throws a `ToolError`.
 *
 * @returns a function that removes it and never throws
 */
export function addTemporaryAddress(address: string): () => void {
  const lifetimes = ["valid_lft", String(LIFETIME_SECONDS), "preferred_lft", "0"];
  runTool("ip", ["-6", "address", "add", `${address}/128`, "dev", "lo", ...lifetimes, "nodad", "noprefixroute"]);
  return undoLater(() => {
    try {
      runTool("ip", ["-6", "address", "del", `${address}/128`, "dev", "lo"]);
    } catch {
      // The kernel removed it.
    }
  });
}

/** An address of the prefix that this host has for some seconds, to send from. */
import { runTool } from "@nat64/daemon-kit/host";
import { undoLater } from "../undo.ts";

/** Seconds after which the kernel removes it by itself, should we not come to it. */
const LIFETIME = 30;

/**
 * Puts the address on the loopback interface: packets to it are this host's, but no Neighbour Solicitation that asks for it
 * on a link is answered. Deprecated from the start, so that nothing else sends from it. Throws a `ToolError`.
 *
 * @returns removes it. Never throws.
 */
export function addTemporaryAddress(address: string): () => void {
  const lifetimes = ["valid_lft", String(LIFETIME), "preferred_lft", "0"];
  runTool("ip", ["-6", "address", "add", `${address}/128`, "dev", "lo", ...lifetimes, "nodad", "noprefixroute"]);
  return undoLater(() => {
    try {
      runTool("ip", ["-6", "address", "del", `${address}/128`, "dev", "lo"]);
    } catch {
      // The kernel has removed it.
    }
  });
}

import { runTool, ToolError } from "@nat64/daemon-kit/host";

/** The output of `ip route show` with the selectors; empty if the routing table does not exist yet. */
export function showRoutes(family: "-4" | "-6", ...selectors: readonly string[]): string {
  return show([family, "route", "show", ...selectors]);
}

/** The same as JSON: an array of routes. */
export function showRoutesJson(family: "-4" | "-6", ...selectors: readonly string[]): unknown {
  return JSON.parse(show(["-j", family, "route", "show", ...selectors]).trim() || "[]");
}

function show(args: readonly string[]): string {
  try {
    return runTool("ip", args);
  } catch (error) {
    if (error instanceof ToolError && error.message.includes("FIB table does not exist")) return "";
    throw error;
  }
}

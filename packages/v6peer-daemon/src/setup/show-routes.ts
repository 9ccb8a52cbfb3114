import { runTool, ToolError } from "@nat64/daemon-kit/host";

/** What `ip route show` with some selectors prints; nothing for a table that no route has made yet. */
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

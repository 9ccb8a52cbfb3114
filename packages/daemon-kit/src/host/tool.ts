import { spawnSync } from "node:child_process";

/** A system tool that is missing, or that failed; `message` has the command and what it said. */
export class ToolError extends Error {
  override readonly name: string = "ToolError";
}

/** Longest time that one command may take, in ms: they all talk to the kernel only. */
const TOOL_TIMEOUT_MS = 10_000;

/** Where `ip`, `nft` and the like are, even when the service's PATH has no sbin. */
export const TOOL_PATH: string = [process.env.PATH, "/usr/sbin", "/sbin", "/usr/bin", "/bin"].filter(Boolean).join(":");

/**
 * Runs a system tool (`ip`, `nft`) without a shell and returns what it printed.
 * Waits for it: set-up has an order, and undoing has to work while the process dies.
 *
 * Throws a {@link ToolError}.
 */
export function runTool(command: string, args: readonly string[], input = ""): string {
  const result = spawnSync(command, args, {
    input,
    encoding: "utf8",
    timeout: TOOL_TIMEOUT_MS,
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, PATH: TOOL_PATH, LC_ALL: "C" },
  });
  if (result.error !== undefined) {
    const { code } = result.error as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new ToolError(`the command "${command}" is missing; install ${PACKAGES[command] ?? command}`);
    }
    throw new ToolError(`${command} ${args.join(" ")}: ${result.error.message}`);
  }
  if (result.status !== 0) {
    const said = result.stderr.trim().replaceAll("\n", " ") || `exit status ${result.status ?? result.signal}`;
    throw new ToolError(`${command} ${args.join(" ")}${input === "" ? "" : " (script)"}: ${said}`);
  }
  return result.stdout;
}

/** Debian packages of the tools. */
const PACKAGES: Readonly<Record<string, string>> = { ip: "iproute2", nft: "nftables" };

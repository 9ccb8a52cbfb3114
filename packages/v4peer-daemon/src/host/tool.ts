import { spawnSync } from "node:child_process";

/** A system tool that is missing, or that failed; `message` has the command and what it said. */
export class ToolError extends Error {
  override readonly name: string = "ToolError";
}

/** Milliseconds that one command may take: they all talk to the kernel only. */
const TOOL_TIMEOUT = 10_000;

/** Where `ip` and `nft` are, even when the service's PATH has no sbin. */
const PATH: string = [process.env.PATH, "/usr/sbin", "/sbin", "/usr/bin", "/bin"].filter(Boolean).join(":");

/** Debian packages of the tools. */
const PACKAGES: Readonly<Record<string, string>> = { ip: "iproute2", nft: "nftables" };

/**
 * Runs a system tool without a shell and returns what it printed. Waits for it: set-up has an order, and undoing has to
 * work while the process dies. Throws a {@link ToolError}.
 */
export function runTool(command: string, args: readonly string[], input = ""): string {
  const env = { ...process.env, PATH, LC_ALL: "C" };
  const result = spawnSync(command, args, { input, encoding: "utf8", timeout: TOOL_TIMEOUT, env });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    throw new ToolError(`the command "${command}" is missing: install the package ${PACKAGES[command] ?? command}`);
  }
  if (result.error !== undefined) throw new ToolError(`${command} ${args.join(" ")}: ${result.error.message}`);
  if (result.status !== 0) {
    const said = result.stderr.trim().replaceAll("\n", " ") || `exit status ${result.status ?? result.signal}`;
    throw new ToolError(`${command} ${args.join(" ")}: ${said}`);
  }
  return result.stdout;
}

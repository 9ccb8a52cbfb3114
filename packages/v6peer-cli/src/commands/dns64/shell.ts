import { execFile } from "node:child_process";

/** Milliseconds that a command may take. */
const PATIENCE = 60_000;

/** Runs a shell command; resolves with nothing when it did well, or with what it said. Never rejects. */
export function runShell(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", command], { timeout: PATIENCE, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(undefined);
      const said = (stderr.trim() || stdout.trim()).slice(-600);
      const how = error.killed
        ? `took more than ${PATIENCE / 1000} seconds`
        : `ended with ${error.code ?? error.signal}`;
      resolve(`"${command}" ${how}${said === "" ? "" : `: ${said}`}`);
    });
  });
}

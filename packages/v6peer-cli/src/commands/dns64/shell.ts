import { execFile } from "node:child_process";

/** Milliseconds for a command. */
const TIMEOUT_MS = 60_000;

/** Runs a shell command; resolves with `undefined` on success, or with its error output. Never rejects. */
export function runShell(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", command], { timeout: TIMEOUT_MS, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(undefined);
      const said = (stderr.trim() || stdout.trim()).slice(-600);
      const how = error.killed
        ? `took more than ${TIMEOUT_MS / 1000} seconds`
        : `exited with ${error.code ?? error.signal}`;
      resolve(`"${command}" ${how}${said === "" ? "" : `: ${said}`}`);
    });
  });
}

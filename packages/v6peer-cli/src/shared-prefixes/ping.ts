import { execFile } from "node:child_process";

/** Whether an IPv6 address answers one of two ICMPv6 Echo Requests within a second each. Without the program `ping` nothing does. */
export function ping(address: string, signal: AbortSignal | undefined): Promise<boolean> {
  const options = { timeout: 5_000, ...(signal !== undefined && { signal }) };
  return new Promise((resolve) => {
    execFile("ping", ["-6", "-n", "-q", "-c", "2", "-i", "0.5", "-W", "1", address], options, (_, stdout) => {
      resolve(/ [1-9]\d* received/.test(stdout));
    });
  });
}

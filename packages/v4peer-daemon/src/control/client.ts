/** Asks a running v4peer. */
import { connect } from "node:net";
import type { Status } from "../daemon.ts";

/** Milliseconds that an answer may take. */
const TIMEOUT = 5_000;

/** The state of the daemon that listens at a path. Rejects with a sentence that says what is wrong. */
export function askStatus(path: string): Promise<Status> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(path);
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`nothing was said at ${path}`)));
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => {
      text += piece;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, string>> = {
        ENOENT: "no v4peer is running",
        ECONNREFUSED: "no v4peer is running any more",
        EACCES: "no permission: use the user that it runs as",
      };
      reject(new Error(`${path}: ${reasons[error.code ?? ""] ?? error.message}`));
    });
    socket.on("close", () => {
      try {
        const value = JSON.parse(text) as Status | { readonly error: string };
        if ("error" in value) reject(new Error(value.error));
        else resolve(value);
      } catch {
        reject(new Error(`${path}: the answer is cut off`));
      }
    });
  });
}

import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";

const CLIENT = fileURLToPath(new URL("../../dist/endpoints/control-client.js", import.meta.url));

/** The answers of a coordinator. */
export interface Conversation {
  /** Its messages. */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  /** Whether the coordinator closed the connection. */
  readonly closed: boolean;
}

/**
 * Sends messages to a coordinator from a host, over TLS. See `endpoints/control-client.ts` for the possible messages.
 */
export async function converse(
  host: Host,
  coordinator: string,
  role: "v6peer" | "v4peer",
  ...sayings: readonly (string | object)[]
): Promise<Conversation> {
  const words = sayings.map((saying) => (typeof saying === "string" ? saying : JSON.stringify(saying)));
  const printed = await host.must([process.execPath, CLIENT, coordinator, "3544", role, ...words]);
  const lines = printed.trim().split("\n");
  return {
    messages: lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)),
    closed: lines.at(-1) === "closed",
  };
}

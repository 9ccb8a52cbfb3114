import { setTimeout as sleep } from "node:timers/promises";
import type { HostProcess } from "../netns/process.ts";
import type { LocalTopology } from "../topology/local.ts";

/**
 * Waits until the client's ping through a translator is answered. Rejects if the translator ends first, or after 10 s.
 */
export async function pingGetsThrough({ client, serverNat64 }: LocalTopology, translator: HostProcess): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await client.run(["ping", "-c", "1", "-W", "1", "-n", serverNat64])).code !== 0) {
    const printed = (): string => `${translator.stdout}\n${translator.stderr}`.trim().slice(-2000) || "nothing";
    const said = `"${translator.argv.join(" ")}"`;
    if (!translator.running)
      throw new Error(`${said} ended with exit code ${translator.exitCode}; it printed: ${printed()}`);
    if (Date.now() > deadline) throw new Error(`no ping gets through ${said}; it printed: ${printed()}`);
    await sleep(50);
  }
}

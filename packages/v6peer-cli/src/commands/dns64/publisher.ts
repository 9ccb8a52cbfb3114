/** Publishes the chosen prefixes to a DNS server: writes its file, checks its configuration and reloads it. */
import { type Placed, placeFile } from "./managed-file.ts";
import type { Dns64Plan, Dns64Server } from "./servers/index.ts";
import { runShell } from "./shell.ts";

/** Where and how to publish. */
export interface PublisherOptions {
  readonly server: Dns64Server;
  readonly file: string;
  /** Shell command that fails when the server's configuration is wrong; empty for none. */
  readonly check: string;
  /** Shell command that makes the server reload its file; empty for none. */
  readonly reload: string;
  /** Always reload the first time: an earlier run may have written the file and ended before the reload. */
  readonly reloadsFirst: boolean;
}

/**
 * The result. `not-written`: the file is no longer ours or could not be written. `refused`: the check failed and the old
 * file was restored. `not-reloaded`: the file was written, but the server could not be reloaded.
 */
export interface Published {
  readonly result: "unchanged" | "changed" | "not-written" | "refused" | "not-reloaded";
  readonly problem?: string;
}

export class Publisher {
  readonly #options: PublisherOptions;
  #owesReload: boolean;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#owesReload = options.reloadsFirst;
  }

  /** Publishes the plan if anything has changed. Never rejects. */
  async publish(plan: Dns64Plan): Promise<Published> {
    const { server, file, check, reload } = this.#options;
    const { remembered = [] } = plan;
    let placed: Placed;
    try {
      placed = placeFile(file, {
        whole: () => [...remembered, ...server.whole(plan)],
        part: () => [...remembered, ...server.part(plan)],
      });
    } catch (error) {
      return { result: "not-written", problem: (error as Error).message };
    }
    const { isChanged, undo } = placed;
    if (!isChanged && !this.#owesReload) return { result: "unchanged" };
    const wrong = isChanged && check !== "" ? await runShell(check) : undefined;
    if (wrong !== undefined) {
      undo();
      return { result: "refused", problem: wrong };
    }
    const failed = reload === "" ? undefined : await runShell(reload);
    this.#owesReload = failed !== undefined;
    return failed === undefined ? { result: "changed" } : { result: "not-reloaded", problem: failed };
  }
}

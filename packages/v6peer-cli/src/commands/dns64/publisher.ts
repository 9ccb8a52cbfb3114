/** Brings a choice of prefixes into a server: its file, the check of its configuration, its reload. */
import { type Placed, placeFile } from "./managed-file.ts";
import type { Dns64Plan, Dns64Server } from "./servers/index.ts";
import { runShell } from "./shell.ts";

/** Where and how. */
export interface PublisherOptions {
  readonly server: Dns64Server;
  readonly file: string;
  /** Shell command that fails when the server's configuration is wrong; empty for none. */
  readonly check: string;
  /** Shell command that makes the server read its file; empty for none. */
  readonly reload: string;
  /** Reloads the first time whatever the file holds: an earlier run may have ended between the file and the reload. */
  readonly reloadsFirst: boolean;
}

/** `not-written`: the file is not ours any more, or the system would not let us; `refused`: the check failed and the old file is back; `not-reloaded`: the file is there, but the server does not know. */
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

  /** Does it, if anything has changed. Never rejects. */
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

import { HostWatch, hostNetworks, refusedRows } from "@nat64/daemon-kit/exit-policy";
import type { News } from "@nat64/daemon-kit/host";
import type { StatefulConfig } from "@nat64/nat64-engine";
import type { Logger } from "pino";
import type { DaemonConfig } from "../config/resolve.ts";

/** What clients cannot reach through the local exit: what the file says, and this host itself, whatever addresses it has. */
export class LocalExitPolicy {
  readonly #watch: HostWatch | undefined;

  /** @param device our TUN device @param onChange the engine needs a new configuration: see {@link engineOf} */
  constructor({ file }: DaemonConfig, device: string, news: News, onChange: () => Promise<void>, log: Logger) {
    if (file["local-exit"] === undefined) return;
    this.#watch = new HostWatch({
      news,
      read: () => hostNetworks({ except: device, onLink: false, routers: true }),
      onChange: (networks) => {
        log.info(
          { networks: [...networks.own, ...networks.others] },
          "this host's addresses have changed: clients reach none of these",
        );
        return onChange();
      },
      onProblem: ({ message }) => log.warn({ reason: message }, "cannot refuse this host's addresses of today"),
    });
  }

  /** The engine's configuration with the refused destinations. */
  engineOf({ engine, file }: DaemonConfig): StatefulConfig {
    const policy = file["local-exit"]?.policy;
    if (policy === undefined) return engine;
    const { own = [], others = [] } = this.#watch?.networks ?? {};
    return { ...engine, refusedByLocalExit: refusedRows(policy, others), hostAddresses: own };
  }

  /** Ends the watch. */
  stop(): void {
    this.#watch?.stop();
  }
}

/** The settings from the configuration and the command line. */

import { UsageError } from "@nat64/daemon-kit/command-line";
import { AddressError, compilePrefix } from "@nat64/rfc6052";
import {
  type DaemonConfig,
  defaultSharing,
  MAX_ACTIVE,
  MAX_TRUSTED,
  refusePeerPrefix,
  type SharingFile,
  type TrustedPeer,
} from "@nat64/v6peer-daemon/config";
import type { ListOptions } from "../../shared-prefixes/shared-list.ts";

/** Options of all `v6peer dns64` commands. */
export interface Dns64Options extends ListOptions {
  readonly json?: true;
  /** Additional prefixes. */
  readonly prefix?: readonly string[];
  /** `ID` or `ID=PREFIX`. */
  readonly trust?: readonly string[];
  readonly active?: number;
  readonly target?: readonly string[];
  readonly interface?: string;
}

/** The settings that decide which prefixes are used. */
export interface Dns64Settings extends SharingFile {
  /** This peer's /80, if there is a configuration. */
  readonly own: string | undefined;
  /** Prefixes named on the command line, canonical. */
  readonly named: readonly string[];
  readonly isLab: boolean;
}

/** Merges both; the command line takes precedence over the file. Throws a `UsageError`. */
export function settingsOf(options: Dns64Options, config: DaemonConfig | undefined): Dns64Settings {
  const file = config?.file.sharing ?? defaultSharing();
  const isLab = config?.file.lab ?? false;
  const trusted = [...file.trusted, ...(options.trust ?? []).map((text) => parseTrusted(text, isLab))];
  if (trusted.length > MAX_TRUSTED) throw new UsageError(`at most ${MAX_TRUSTED} identities can be trusted`);
  return {
    ...file,
    own: config?.file.prefix,
    named: (options.prefix ?? []).map(parsePrefix),
    isLab,
    trusted,
    active: Math.min(options.active ?? file.active, MAX_ACTIVE),
    targets: options.target ?? file.targets,
  };
}

function parsePrefix(text: string): string {
  try {
    return compilePrefix(text).text;
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(`--prefix: ${error.message}`);
    throw error;
  }
}

function parseTrusted(text: string, isLab: boolean): TrustedPeer {
  const [peer, prefix] = text.split("=", 2);
  if (!/^[a-z2-7]{32}$/.test(peer)) {
    throw new UsageError(`--trust: expected a peer id, 32 characters a to z and 2 to 7, found ${JSON.stringify(peer)}`);
  }
  if (prefix === undefined) return { peer };
  try {
    const problem = refusePeerPrefix(prefix, isLab);
    if (problem !== undefined) throw new UsageError(`--trust: ${problem}`);
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(`--trust: ${error.message}`);
    throw error;
  }
  return { peer, prefix };
}

/** The answers to the questions of `v6peer init`. */
export interface Answers {
  /** The /80. */
  readonly prefix: string;
  /** Whether documentation prefixes are allowed. */
  readonly lab: boolean;
  /** Where IPv4 traffic leaves: this host's own IPv4, IPv4 peers, or both. */
  readonly exits: ExitChoice;
  /** Routed IPv4 blocks for the local exit; empty to masquerade behind this host's own address. */
  readonly pool: readonly string[];
  readonly coordinator?: CoordinatorAnswers | undefined;
  /** For exits through IPv4 peers. */
  readonly relay: "system" | "builtin";
  /** Public IPv4 address of this host, for the built-in relay. */
  readonly relayAddress?: string | undefined;
  /** Such as "100M"; left out, no limit. */
  readonly bandwidth?: string | undefined;
}

/** See {@link Answers.exits}. */
export type ExitChoice = "local" | "peers" | "both";

/** The coordinator, which pairs IPv6 peers with IPv4 peers. */
export interface CoordinatorAnswers {
  readonly host: string;
  readonly port?: number | undefined;
  readonly pin?: string | undefined;
  readonly ca?: string | undefined;
  readonly invite?: string | undefined;
  readonly abuse: string;
  readonly listed: boolean;
}

/** Splits a host and an optional port after a colon; an IPv6 address with a port is in brackets. */
export function parseCoordinator(text: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text.trim());
  // The daemon's own rules validate everything else (an IPv6 address without brackets, or nonsense).
  if (match === null) return { host: text.trim() };
  const host = match[1] ?? match[2];
  return { host, ...(match[3] !== undefined && { port: Number(match[3]) }) };
}

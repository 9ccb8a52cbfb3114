/** What `v6peer init` asks for. */
export interface Answers {
  /** The /80. */
  readonly prefix: string;
  /** Whether documentation prefixes will do. */
  readonly lab: boolean;
  /** Where IPv4 traffic leaves: this host's own IPv4, IPv4 peers, or both. */
  readonly exits: ExitChoice;
  /** Routed IPv4 blocks for the local exit; none for a masquerade behind this host's own address. */
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

/** Who brings peers together. */
export interface CoordinatorAnswers {
  readonly host: string;
  readonly port?: number | undefined;
  readonly pin?: string | undefined;
  readonly ca?: string | undefined;
  readonly invite?: string | undefined;
  readonly abuse: string;
  readonly listed: boolean;
}

/** A host, with a port behind a colon where it is not the usual one; an IPv6 address with a port has brackets. */
export function parseCoordinator(text: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text.trim());
  // All else (an IPv6 address without brackets, or nonsense) is for the daemon's own rules to judge.
  if (match === null) return { host: text.trim() };
  const host = match[1] ?? match[2];
  return { host, ...(match[3] !== undefined && { port: Number(match[3]) }) };
}

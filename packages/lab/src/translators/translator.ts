import type { LocalTopology } from "../topology/local.ts";

/** A translator in the IPv6 peer's host that carries packets between the client and the server. */
export interface Translator<Running extends RunningTranslator = RunningTranslator> {
  /** A short name, also the key in the bench's results. */
  readonly name: string;
  /** The program and its version, if known. */
  readonly version?: () => Promise<string | undefined>;
  /** Whether the server needs an IPv6 address, because nothing is translated. */
  readonly needsIpv6Server: boolean;
  /** Starts it in `topology.v6peer`, which does not forward yet. Resolves when it does. */
  start(topology: LocalTopology): Promise<Running>;
}

/** A process that carries packets, and its host: in the local topology, always the IPv6 peer. */
export interface Carrier {
  readonly at: "v6peer" | "relay" | "v4peer";
  readonly pid: number;
}

/** A running translator. */
export interface RunningTranslator {
  /** The processes that carry packets; empty if the kernel does. */
  readonly carriers: readonly Carrier[];
  /** The address at which the client reaches the server. */
  readonly target: string;
  /** Ends it. */
  stop(): Promise<void>;
}

import type { LocalTopology } from "../topology/local.ts";

/** What stands in the IPv6 peer's host and carries packets between the client and the server. */
export interface Translator<Running extends RunningTranslator = RunningTranslator> {
  /** A short name, also the key in the bench's results. */
  readonly name: string;
  /** The program and its version, where anyone knows. */
  readonly version?: () => Promise<string | undefined>;
  /** Whether the server needs an IPv6 address, since nothing is translated. */
  readonly needsIpv6Server: boolean;
  /** Brings it up in `topology.v6peer`, which does not forward yet; resolves when it does. */
  start(topology: LocalTopology): Promise<Running>;
}

/** A process that carries packets, and the host that it runs in: in the local topology there is the IPv6 peer's alone. */
export interface Carrier {
  readonly at: "v6peer" | "relay" | "v4peer";
  readonly pid: number;
}

/** A translator that is up. */
export interface RunningTranslator {
  /** The processes that carry packets; none when the kernel does. */
  readonly carriers: readonly Carrier[];
  /** The address at which the client reaches the server. */
  readonly target: string;
  /** Ends it. */
  stop(): Promise<void>;
}

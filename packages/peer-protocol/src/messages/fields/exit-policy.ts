/** An IPv4 peer's exit policy, as announced to others. The IPv4 peer enforces its own configuration in any case. */
import { z } from "zod";
import { list } from "../../schema/list.ts";
import { ipv4Network, port } from "../../schema/network.ts";

/** Maximum number of services in a policy. */
export const MAX_SERVICES = 64;

/** A service that the IPv4 peer publishes, reachable only with the pair's pinned selector. */
export interface Service {
  /**
   * IPv4 network as clients write it in the last 32 bits: private addresses, or 192.0.0.n as an alias for one. Only the
   * IPv4 peer knows which address an alias means.
   */
  readonly network: string;
  readonly protocol: "tcp" | "udp";
  /** First and last port, inclusive. */
  readonly firstPort: number;
  readonly lastPort: number;
}

/** A policy that allows nothing is `internet: false` without services. */
export interface ExitPolicy {
  /** Whether everybody may reach global IPv4 destinations through this peer. */
  readonly internet: boolean;
  readonly services: readonly Service[];
}

const service: z.ZodType<Service> = z
  .object({ network: ipv4Network, protocol: z.enum(["tcp", "udp"]), firstPort: port, lastPort: port })
  .refine(({ firstPort, lastPort }) => firstPort <= lastPort, "the first port is above the last");

/** See {@link ExitPolicy}. */
export const exitPolicy: z.ZodType<ExitPolicy> = z.object({
  internet: z.boolean(),
  services: list(service, MAX_SERVICES),
});

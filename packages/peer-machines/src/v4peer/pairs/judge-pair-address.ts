/** Checks whether a Teredo address can be an IPv4 peer's own (design §3). */
import type { Refusals } from "@nat64/rfc6052";
import { checkTeredoBytes, type Endpoint, parseTeredoAddress } from "@nat64/teredo";

/** What an IPv4 peer knows about itself. */
export interface OwnAddresses {
  /** The Teredo server's address. */
  readonly server: number | undefined;
  readonly mapping: Endpoint | undefined;
  readonly refusals: Refusals;
}

/** The fault: not a Teredo address, not global, from another server, or not with the current mapping. */
export function judgePairAddress(teredo: Uint8Array, { server, mapping, refusals }: OwnAddresses): string | undefined {
  const fault = checkTeredoBytes(teredo, 0, (ipv4) => !refusals.refusesIPv4(ipv4 | 0));
  if (fault !== undefined) return fault;
  const address = parseTeredoAddress(teredo);
  if (address === undefined || address.server !== server) return "another-server";
  const isOwn = mapping?.port === address.mappedPort && (mapping.address | 0) === address.mappedAddress;
  return isOwn ? undefined : "another-mapping";
}

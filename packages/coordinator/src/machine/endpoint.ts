/** Endpoints as text in messages and as numbers in Teredo. */
import type { Endpoint as TextEndpoint } from "@nat64/peer-protocol";
import { formatIPv4, parseIPv4 } from "@nat64/rfc6052";
import type { Endpoint } from "@nat64/teredo";

export function formatEndpoint({ address, port }: Endpoint): TextEndpoint {
  return { address: formatIPv4(address), port };
}

/** Throws an `AddressError` if no schema has checked the text. */
export function parseEndpoint({ address, port }: TextEndpoint): Endpoint {
  return { address: parseIPv4(address), port };
}

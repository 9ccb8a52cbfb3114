import { ControlError } from "@nat64/daemon-kit/control";
import type { SessionRecord } from "@nat64/nat64-engine";
import { AddressError, cidrContains, parseBlock, parseIPv4 } from "@nat64/rfc6052";
import type { SessionFilter } from "../control/protocol.ts";

/** Compiles a filter to a predicate. Throws a {@link ControlError} if the filter is invalid. */
export function compileSessionFilter(filter: SessionFilter): (row: SessionRecord) => boolean {
  try {
    const isClient = filter.client === undefined ? () => true : clientFilter(filter.client);
    const destination = filter.destination === undefined ? undefined : parseIPv4(filter.destination);
    return (row) =>
      (filter.protocol === undefined || row.protocol === filter.protocol) &&
      (destination === undefined || parseIPv4(row.destination.address) === destination) &&
      isClient(row.client.address);
  } catch (error) {
    if (error instanceof AddressError) throw new ControlError("bad-request", error.message);
    throw error;
  }
}

function clientFilter(text: string): (address: string) => boolean {
  const wanted = parseBlock(text);
  if (wanted.family !== 6) throw new ControlError("bad-request", "expected an IPv6 address or prefix of a client");
  return (address) => cidrContains(wanted, parseBlock(address));
}

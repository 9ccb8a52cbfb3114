import { formatIPv4, formatIPv6, wordsOf } from "@nat64/rfc6052";
import { get16, get32 } from "@nat64/rfc6052/bytes";

/** The headers of a packet, as people read them. */
export interface Headers {
  readonly version: 4 | 6;
  readonly source: string;
  readonly destination: string;
  /** Hop Limit or TTL. */
  readonly hopLimit: number;
  /** IP protocol number (IPv6: of the first header after the IPv6 header). */
  readonly protocol: number;
  /** UDP and TCP only; 0 otherwise. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** TCP only; 0 otherwise. NAT leaves the sequence number alone, so with the flags it tells a packet everywhere. */
  readonly sequence: number;
  readonly flags: number;
  /** The IPv6 packet inside UDP: what Teredo carries (RFC 4380 §5.1.1). */
  readonly carried?: Headers;
}

const TCP = 6;
const UDP = 17;

/** Reads the headers of an IP packet; `undefined` when it is too short to have them. */
export function readHeaders(ip: Uint8Array): Headers | undefined {
  const version = ip[0] >>> 4;
  if (version === 4 && ip.length >= 20) return withTransport(ipv4(ip), ip, (ip[0] & 15) * 4);
  if (version === 6 && ip.length >= 40) return withTransport(ipv6(ip), ip, 40);
  return undefined;
}

type Network = Pick<Headers, "version" | "source" | "destination" | "hopLimit" | "protocol">;

function ipv4(ip: Uint8Array): Network {
  const address = (at: number): string => formatIPv4(get32(ip, at));
  return { version: 4, source: address(12), destination: address(16), hopLimit: ip[8], protocol: ip[9] };
}

function ipv6(ip: Uint8Array): Network {
  const address = (at: number): string => formatIPv6(wordsOf(ip, at));
  return { version: 6, source: address(8), destination: address(24), hopLimit: ip[7], protocol: ip[6] };
}

function withTransport(network: Network, ip: Uint8Array, at: number): Headers {
  const none = { ...network, sourcePort: 0, destinationPort: 0, sequence: 0, flags: 0 };
  const { protocol } = network;
  if ((protocol !== TCP && protocol !== UDP) || ip.length < at + 8) return none;
  const port = (offset: number): number => get16(ip, at + offset);
  const ports = { ...none, sourcePort: port(0), destinationPort: port(2) };
  if (protocol === TCP)
    return ip.length < at + 14 ? ports : { ...ports, sequence: get32(ip, at + 4) >>> 0, flags: ip[at + 13] };
  const payload = ip.subarray(at + 8);
  const carried = network.version === 4 && payload[0] >>> 4 === 6 ? readHeaders(payload) : undefined;
  return carried ? { ...ports, carried } : ports;
}

/** The numbers of the lab. Subnets are written without their length: IPv6 ones are /64, IPv4 ones /24. */
export interface AddressPlan {
  /** The /80 of the IPv6 peer. */
  readonly prefix80: string;
  /** Its NAT64 prefix, selector 0: a /96, written so that an IPv4 address can be put behind it. */
  readonly nat64: string;
  /** The routed IPv4 pool of the local exit, with its length. */
  readonly pool: string;
  /** The first IPv4 address of the pool. */
  readonly firstOfPool: string;
  /** The second address, for translators that need the first one for themselves. */
  readonly secondOfPool: string;
  /** IPv6 subnets from the client to the IPv6 peer, one per link. */
  readonly ipv6: readonly string[];
  /** IPv4 subnets from the IPv6 peer to the server, one per link; with routers the one between them is in 10/8. */
  readonly ipv4: readonly string[];
  /** IPv6 subnets in addition to the IPv4 ones, only for measuring plain kernel forwarding. */
  readonly ipv6BesideIpv4: readonly string[];
}

/** Documentation ranges (RFC 3849, RFC 5737): our daemon accepts them only with its lab switch. */
export const documentation: AddressPlan = {
  prefix80: "2001:db8:64::/80",
  nat64: "2001:db8:64::",
  pool: "192.0.2.64/28",
  firstOfPool: "192.0.2.64",
  secondOfPool: "192.0.2.65",
  ipv6: ["2001:db8:c1::", "2001:db8:c2::", "2001:db8:c3::"],
  ipv4: ["203.0.113.", "10.64.0.", "198.51.100."],
  ipv6BesideIpv4: ["2001:db8:d1::", "2001:db8:d2::", "2001:db8:d3::"],
};

/** Globally routable numbers, for tests of the real refusal table. The namespaces have no way out: nothing leaves. */
export const global: AddressPlan = {
  prefix80: "2a00:64:64::/80",
  nat64: "2a00:64:64::",
  pool: "93.184.64.64/28",
  firstOfPool: "93.184.64.64",
  secondOfPool: "93.184.64.65",
  ipv6: ["2a00:64:c1::", "2a00:64:c2::", "2a00:64:c3::"],
  ipv4: ["93.184.113.", "10.64.0.", "93.184.100."],
  ipv6BesideIpv4: ["2a00:64:d1::", "2a00:64:d2::", "2a00:64:d3::"],
};

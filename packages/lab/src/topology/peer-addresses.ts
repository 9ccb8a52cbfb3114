/** The numbers of the peer path. IPv6 subnets are /64, written without their length. */
export interface PeerPlan {
  /** Whether our daemons need their lab switch to accept them. */
  readonly lab: boolean;
  readonly v6peers: readonly V6PeerNumbers[];
  readonly v4peers: readonly V4PeerNumbers[];
  readonly clientSubnet: string;
  readonly relay: { readonly subnet: string; readonly ipv4: string };
  /** Two consecutive IPv4 addresses, as a Teredo server has (RFC 4380 §5.2.1). */
  readonly coordinator: { readonly subnet: string; readonly ipv4: readonly [string, string] };
  readonly serverIpv4: string;
  /** Two IPv4 addresses, as the coordinator has. */
  readonly stranger: { readonly subnet: string; readonly ipv4: readonly [string, string] };
  /** IPv6 alone. */
  readonly resolver: { readonly subnet: string };
  /** The link inside "the IPv4 internet", in 10/8, to which `1` or `2` can be put (/24). */
  readonly backbone: string;
  /** IPv6 subnets in addition to IPv4 ones, only for measuring plain kernel forwarding. */
  readonly ipv6Beside: {
    readonly internet: string;
    readonly home: string;
    readonly v4peer: string;
    readonly backbone: string;
    readonly server: string;
  };
}

/** The addresses of an IPv6 peer. */
export interface V6PeerNumbers {
  readonly subnet: string;
  readonly prefix80: string;
  /** The NAT64 prefix without its length, so that an IPv4 address can be put behind it. */
  readonly nat64: string;
  /** The host's own IPv4 address. It has one only with the built-in relay. */
  readonly ipv4: string;
}

/** The addresses of an IPv4 peer and its home. */
export interface V4PeerNumbers {
  /** The address of its NAT, or its own if there is none. All are in different /24s. */
  readonly publicIpv4: string;
  /** Its private LAN, to which `1` (the NAT), `10` (the IPv4 peer) and `20` (another host) can be put (/24). */
  readonly lan: string;
}

/** Documentation ranges (RFC 3849, RFC 5737): our daemons accept them only with their lab switch. */
export const peerDocumentation: PeerPlan = {
  lab: true,
  v6peers: [
    { subnet: "2001:db8:a1::", prefix80: "2001:db8:64::/80", nat64: "2001:db8:64::", ipv4: "192.0.2.61" },
    { subnet: "2001:db8:a2::", prefix80: "2001:db8:65::/80", nat64: "2001:db8:65::", ipv4: "192.0.2.62" },
  ],
  v4peers: [
    { publicIpv4: "203.0.113.10", lan: "192.168.1." },
    { publicIpv4: "198.51.100.130", lan: "192.168.2." },
    { publicIpv4: "192.0.2.130", lan: "192.168.3." },
  ],
  clientSubnet: "2001:db8:c1::",
  relay: { subnet: "2001:db8:b1::", ipv4: "192.0.2.45" },
  coordinator: { subnet: "2001:db8:b2::", ipv4: ["192.0.2.34", "192.0.2.35"] },
  serverIpv4: "198.51.100.2",
  stranger: { subnet: "2001:db8:e1::", ipv4: ["192.0.2.98", "192.0.2.99"] },
  resolver: { subnet: "2001:db8:e2::" },
  backbone: "10.64.0.",
  ipv6Beside: {
    internet: "2001:db8:d1::",
    home: "2001:db8:d2::",
    v4peer: "2001:db8:d3::",
    backbone: "2001:db8:d4::",
    server: "2001:db8:d5::",
  },
};

/** Globally routable numbers, for tests of the real refusals. The namespaces have no way out: nothing leaves. */
export const peerGlobal: PeerPlan = {
  lab: false,
  v6peers: [
    { subnet: "2a00:64:a1::", prefix80: "2a00:64:64::/80", nat64: "2a00:64:64::", ipv4: "93.184.2.61" },
    { subnet: "2a00:64:a2::", prefix80: "2a00:64:65::/80", nat64: "2a00:64:65::", ipv4: "93.184.2.62" },
  ],
  v4peers: [
    { publicIpv4: "93.184.113.10", lan: "192.168.1." },
    { publicIpv4: "93.184.100.130", lan: "192.168.2." },
    { publicIpv4: "93.184.2.130", lan: "192.168.3." },
  ],
  clientSubnet: "2a00:64:c1::",
  relay: { subnet: "2a00:64:b1::", ipv4: "93.184.2.45" },
  coordinator: { subnet: "2a00:64:b2::", ipv4: ["93.184.2.34", "93.184.2.35"] },
  serverIpv4: "93.184.100.2",
  stranger: { subnet: "2a00:64:e1::", ipv4: ["93.184.2.98", "93.184.2.99"] },
  resolver: { subnet: "2a00:64:e2::" },
  backbone: "10.64.0.",
  ipv6Beside: {
    internet: "2a00:64:d1::",
    home: "2a00:64:d2::",
    v4peer: "2a00:64:d3::",
    backbone: "2a00:64:d4::",
    server: "2a00:64:d5::",
  },
};

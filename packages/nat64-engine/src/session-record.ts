/** A transport address, the address as text. For ICMP the port is the Query Identifier. */
export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

/** One session of the session table (RFC 6146 §3.2), for people to read. Made on request, never on the packet path. */
export interface SessionRecord {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** The client, and the IPv6 address under which it reaches the destination. */
  readonly client: TransportAddress;
  readonly destination6: TransportAddress;
  /** What stands for the client on the IPv4 side, and the destination. */
  readonly pool: TransportAddress;
  readonly destination: TransportAddress;
  /** The state of the TCP state machine (RFC 6146 §3.5.2), `none` for UDP and ICMP. */
  readonly state: string;
  /** Until the session ends if nothing more is seen. */
  readonly expiresInSeconds: number;
}

/** Some of the sessions. */
export interface SessionSlice {
  readonly rows: readonly SessionRecord[];
  /** Where the next slice begins, −1 at the end of the table. */
  readonly next: number;
}

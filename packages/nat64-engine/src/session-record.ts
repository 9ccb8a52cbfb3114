/** A transport address with the address as text. For ICMP, the port is the Query Identifier. */
export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

/** A session of the session table (RFC 6146 §3.2), for people to read. Not made on the packet path. */
export interface SessionRecord {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** The client, and the IPv6 address that it uses for the destination. */
  readonly client: TransportAddress;
  readonly destination6: TransportAddress;
  /** The client's address and port on the IPv4 side, and the destination. */
  readonly pool: TransportAddress;
  readonly destination: TransportAddress;
  /** The state of the TCP state machine (RFC 6146 §3.5.2), `none` for UDP and ICMP. */
  readonly state: string;
  /** Seconds until the session ends if no packet comes. */
  readonly expiresInSeconds: number;
}

/** A part of the sessions. */
export interface SessionSlice {
  readonly rows: readonly SessionRecord[];
  /** Where the next slice begins, −1 at the end of the table. */
  readonly next: number;
}

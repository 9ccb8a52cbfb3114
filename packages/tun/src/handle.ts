/** What the kernel leaves to the reader, and takes from the writer, of a TUN device. */
export interface TunOffloads {
  /** Packets travel with a virtio header (`IFF_VNET_HDR`). Without it all the others are false. */
  readonly vnetHeader: boolean;
  /** Reads may give packets whose checksum is not finished (`TUN_F_CSUM`). */
  readonly checksum: boolean;
  /** Reads may give IPv4 TCP super-packets of up to 64 KB (`TUN_F_TSO4`). */
  readonly tso4: boolean;
  /** Reads may give IPv6 TCP super-packets of up to 64 KB (`TUN_F_TSO6`). */
  readonly tso6: boolean;
  /** … also those with ECN bits (`TUN_F_TSO_ECN`). */
  readonly tsoEcn: boolean;
  /** Reads may give UDP super-packets (`TUN_F_USO4`, `TUN_F_USO6`; Linux 6.2). */
  readonly uso: boolean;
  /** Writes may be of UDP super-packets (Linux 6.2), whatever reads were asked for. */
  readonly usoWrites: boolean;
}

/** An open TUN device as a plain value, for another thread. */
export interface TunHandle {
  readonly fd: number;
  readonly name: string;
  readonly offloads: TunOffloads;
}

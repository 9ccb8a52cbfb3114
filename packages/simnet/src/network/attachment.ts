import type { Packet } from "../packet/packet.ts";
import type { Link } from "./link.ts";
import type { PrefixTable } from "./prefix-table.ts";

/** A node as its network sees it. */
export interface Attachment {
  readonly name: string;
  /** Unique in the simulation. */
  readonly id: number;
  /** Its link to the network. */
  readonly link: Link;
  /** Its own IPv6 routes, which come before the network's. */
  readonly routes: PrefixTable<Attachment> | undefined;
  /** Handles a packet that came over its link. */
  receive(packet: Packet): void;
}

/** The gateway of a network: takes packets for addresses that no node inside has. */
export interface Gateway {
  forwardOut(packet: Packet): void;
}

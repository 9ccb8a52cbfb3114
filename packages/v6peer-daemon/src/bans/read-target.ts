import { type BanTarget, formatBlock, readBlock, sizeOf } from "@nat64/daemon-kit/bans";
import { ControlError } from "@nat64/daemon-kit/control";
import { shortPeerId } from "@nat64/peer-protocol";
import { type Cidr, cidrContains, cidrsOverlap, parseBlock } from "@nat64/rfc6052";
import { findExit, LOCAL, type NamedExit } from "../draining/find-exit.ts";
import type { BanKind } from "./ban-kinds.ts";

/** What a target is compared with. */
export interface TargetContext {
  /** NAT64 prefixes of this peer. */
  readonly prefixes: readonly string[];
  /** Addresses and blocks of the local exit's pool; none with masquerading. */
  readonly pool: readonly string[];
  /** The peer exits of now. */
  readonly exits: readonly NamedExit[];
  /** Peer ids that are banned: their exits are gone, but the beginning of an id still names them. */
  readonly bannedPeers: readonly string[];
}

const PEER_ID = /^[a-z2-7]{32}$/;

/** Understands what the operator typed. Throws a `ControlError` or an `AddressError`, with a sentence. */
export function readTarget(text: string, context: TargetContext): BanTarget & { readonly kind: BanKind } {
  const block = readBlock(text);
  if (block?.family === 6) return clientTarget(block, context);
  if (block !== undefined) return ipv4Target(block, context);
  if (text === LOCAL) {
    throw new ControlError(
      "refused",
      `the local exit cannot be banned: drain it (v6peer drain ${LOCAL}), or remove [local-exit] from the configuration`,
    );
  }
  const peer = peerOf(text, context);
  return {
    kind: "peer",
    target: peer,
    covers: `the IPv4 peer ${shortPeerId(peer)}: pairs with it end, and no others are made`,
  };
}

function clientTarget(block: Cidr, { prefixes }: TargetContext): BanTarget & { readonly kind: BanKind } {
  const own = prefixes.find((prefix) => cidrContains(parseBlock(prefix), block));
  if (own !== undefined) {
    throw new ControlError(
      "refused",
      `${formatBlock(block)} is in ${own}, which stands for IPv4 addresses: ban the IPv4 address ("v6peer explain" shows it)`,
    );
  }
  return { kind: "client", target: formatBlock(block), covers: `clients in it, ${sizeOf(block)}`, block };
}

function ipv4Target(block: Cidr, { pool }: TargetContext): BanTarget & { readonly kind: BanKind } {
  const blocks = pool.map(parseBlock);
  const target = formatBlock(block);
  if (blocks.some((each) => cidrContains(each, block))) {
    const covers = `${sizeOf(block)} of the local exit's pool: no session uses it`;
    return { kind: "pool", target, covers, block };
  }
  if (blocks.some((each) => cidrsOverlap(each, block))) {
    throw new ControlError(
      "refused",
      `${target} has addresses of the local exit's pool and others: ban them one by one`,
    );
  }
  return { kind: "destination", target, covers: `IPv4 destinations in it, ${sizeOf(block)}`, block };
}

function peerOf(text: string, { exits, bannedPeers }: TargetContext): string {
  const id = text.replaceAll("-", "").toLowerCase();
  if (PEER_ID.test(id)) return id;
  const banned = bannedPeers.filter((peer) => id.length >= 4 && peer.startsWith(id));
  if (banned.length === 1 && exits.every(({ peer }) => !peer.startsWith(id))) return banned[0];
  return findExit(exits, text).peer;
}

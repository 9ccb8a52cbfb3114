/**
 * Tests whether the prefix is routed to this host: sends packets from an address in it and watches the replies. A router
 * with a route to the prefix forwards replies directly; one that has it on-link first sends a Neighbour Solicitation for the
 * address (RFC 4861 §7.2.2). With small hop limits, nearby routers reply (Time Exceeded), whatever the target does.
 */
import { randomBytes, randomInt } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { compilePool, formatIPv4, parseIPv6, SELECTOR } from "@nat64/rfc6052";
import { Watch } from "../packet-watch.ts";
import { dnsQuery, MIN_QUERY_BYTES } from "./dns-query.ts";
import { isSettled, type PrefixEvidence } from "./evidence.ts";
import type { Route, Target } from "./target.ts";
import { addTemporaryAddress } from "./temporary-address.ts";

/** Milliseconds in total, between two attempts, and between two readings of the counters. */
const TIMEOUT_MS = 4_000;
const RETRY_MS = 1_000;
const POLL_MS = 200;

/** Hop limits for nearby routers and for the target. */
const HOP_LIMITS = [1, 2, 3, 64];

/** DNS, and the first port of traceroute: a closed port makes the target send an ICMPv6 error. */
const PORTS = [53, 33_434];

/** Bytes of the IPv6 and UDP headers. */
const HEADER_BYTES = 48;

/** The packets that arrived, and the sizes that were answered. */
export interface ProbeResult extends PrefixEvidence {
  readonly sizes: SizeEvidence | undefined;
}

/** Whether packets of two sizes were answered, and whether a router sent Packet Too Big. */
export interface SizeEvidence {
  readonly small: { readonly bytes: number; readonly answered: boolean };
  readonly large: { readonly bytes: number; readonly answered: boolean };
  readonly tooBig: boolean;
}

/** Sends the test packets, for a few seconds. Throws a `ToolError` if this host refuses. @param mtu of the uplink, in bytes */
export async function probePrefix(prefix: string, target: Target, route: Route, mtu: number): Promise<ProbeResult> {
  // One of the IPv6 peer's own addresses, which no client uses; random, so that no router has it cached.
  const address = compilePool(prefix).embed(SELECTOR.self, formatIPv4(randomBytes(4).readInt32BE() | 0x0100_0000));
  const removeAddress = addTemporaryAddress(address);
  let watch: Watch | undefined;
  const sockets: Socket[] = [];
  try {
    watch = new Watch(sightsOf(prefix, address, target.address));
    const [inside, control] = [await open(address), await open(undefined)];
    sockets.push(inside, control);
    listenForSolicitations(inside, address, route.device);
    const seen = watch;
    const evidence = await look(seen, async () => {
      await sendQueries(inside, target, HOP_LIMITS);
      await sendQueries(control, target, [64]);
      connectTcp(target, address);
      connectTcp(target, undefined);
    });
    return { ...evidence, sizes: evidence.answered > 0 ? await trySizes(seen, inside, target, mtu) : undefined };
  } finally {
    for (const socket of sockets) socket.close();
    watch?.close();
    removeAddress();
  }
}

function sightsOf(prefix: string, address: string, target: string) {
  const words = parseIPv6(address).map((word) => (word >>> 0).toString(16).padStart(8, "0"));
  return [
    // The target address of a Neighbour Solicitation follows eight bytes of ICMPv6 (RFC 4861 §4.3).
    { name: "solicited", when: `icmpv6 type nd-neighbor-solicit @th,64,128 0x${words.join("")}` },
    { name: "arrived", when: `iifname != "lo" ip6 daddr ${address}` },
    { name: "answered", when: `iifname != "lo" ip6 saddr ${target} ip6 daddr ${address}` },
    { name: "control", when: `iifname != "lo" ip6 saddr ${target} ip6 daddr != ${prefix}` },
    { name: "toobig", when: `ip6 daddr ${address} icmpv6 type packet-too-big` },
  ];
}

async function look(watch: Watch, sendAll: () => Promise<void>): Promise<PrefixEvidence> {
  const count = (name: string) => watch.read().get(name)?.packets ?? 0;
  const end = performance.now() + TIMEOUT_MS;
  let next = 0;
  for (;;) {
    const now = performance.now();
    if (now >= next && now < end - RETRY_MS) {
      next = now + RETRY_MS;
      await sendAll();
    }
    await sleep(POLL_MS);
    const evidence = {
      solicited: count("solicited"),
      arrived: count("arrived"),
      answered: count("answered"),
      control: count("control"),
    };
    if (isSettled(evidence) || performance.now() > end) return evidence;
  }
}

async function open(address: string | undefined): Promise<Socket> {
  const socket = createSocket("udp6");
  // The watch counts the ICMPv6 errors.
  socket.on("error", () => {});
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

/** Solicitations go to a multicast group (RFC 4291 §2.7.1) that switches and drivers deliver only to members. */
function listenForSolicitations(socket: Socket, address: string, device: string): void {
  const low = parseIPv6(address)[3] & 0xff_ffff;
  const group = `ff02::1:ff${(low >>> 16).toString(16).padStart(2, "0")}:${(low & 0xffff).toString(16)}`;
  try {
    socket.addMembership(group, `::%${device}`);
  } catch {
    // A device without multicast has no Neighbour Solicitations.
  }
}

async function sendQueries(socket: Socket, { address }: Target, hopLimits: readonly number[]): Promise<void> {
  for (const hopLimit of hopLimits) {
    for (const port of PORTS) await send(socket, MIN_QUERY_BYTES, port, address, hopLimit);
  }
}

/** The hop limit is set on the socket; the kernel applies it when it accepts the datagram. */
function send(socket: Socket, size: number, port: number, address: string, hopLimit: number): Promise<void> {
  return new Promise((resolve) => {
    socket.setTTL(hopLimit);
    socket.send(dnsQuery(randomInt(65_536), size), port, address, () => resolve());
  });
}

function connectTcp({ address, tcpPort }: Target, from: string | undefined): void {
  if (tcpPort === undefined) return;
  const socket = connect({ host: address, port: tcpPort, ...(from !== undefined && { localAddress: from }) });
  socket.on("error", () => {});
  socket.on("connect", () => socket.destroy());
  setTimeout(() => socket.destroy(), RETRY_MS).unref();
}

/** Tests whether a packet of 1280 bytes and one of the MTU of the uplink are answered. */
async function trySizes(watch: Watch, socket: Socket, { address }: Target, mtu: number): Promise<SizeEvidence> {
  const [small, large] = [1280, mtu];
  const attempt = async (bytes: number): Promise<boolean> => {
    const before = watch.read().get("answered")?.packets ?? 0;
    for (let tries = 0; tries < 3; tries++) {
      for (const port of PORTS) await send(socket, bytes - HEADER_BYTES, port, address, 64);
      for (let looks = 0; looks < RETRY_MS / POLL_MS; looks++) {
        await sleep(POLL_MS);
        if ((watch.read().get("answered")?.packets ?? 0) > before) return true;
      }
    }
    return false;
  };
  const isSmall = await attempt(small);
  const isLarge = large > small ? await attempt(large) : isSmall;
  return {
    small: { bytes: small, answered: isSmall },
    large: { bytes: large, answered: isLarge },
    tooBig: (watch.read().get("toobig")?.packets ?? 0) > 0,
  };
}

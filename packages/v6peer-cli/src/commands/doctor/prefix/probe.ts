/**
 * Whether the prefix arrives here, and how: packets are sent from an address in it, and what comes back shows the way. A
 * router that has the prefix routed sends answers straight here; one that has it on-link asks for the address by Neighbour
 * Solicitation first (RFC 4861 §7.2.2). With small hop limits the routers nearby answer (Time Exceeded), whatever the target
 * does.
 */
import { randomBytes, randomInt } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { compilePool, formatIPv4, parseIPv6, SELECTOR } from "@nat64/rfc6052";
import { Watch } from "../packet-watch.ts";
import { dnsQuery, LEAST_QUERY } from "./dns-query.ts";
import { isSettled, type PrefixEvidence } from "./evidence.ts";
import type { Target, Way } from "./target.ts";
import { addTemporaryAddress } from "./temporary-address.ts";

/** Milliseconds in all, between two attempts, and between two looks. */
const PATIENCE = 4_000;
const AGAIN = 1_000;
const LOOK = 200;

/** The routers nearby, and all the way. */
const HOP_LIMITS = [1, 2, 3, 64];

/** DNS, and where traceroute knocks: a port that nobody listens on is refused with an ICMPv6 error. */
const PORTS = [53, 33_434];

/** Bytes of the headers around a datagram: IPv6 and UDP. */
const HEADERS = 48;

/** What was seen, and which of the sizes were answered. */
export interface ProbeResult extends PrefixEvidence {
  readonly sizes: SizeEvidence | undefined;
}

/** Whether packets of two sizes were answered, and whether a router said that one is too big. */
export interface SizeEvidence {
  readonly small: { readonly bytes: number; readonly answered: boolean };
  readonly large: { readonly bytes: number; readonly answered: boolean };
  readonly tooBig: boolean;
}

/** Tries it out, for some seconds. Throws a `ToolError` for what this host refuses. @param mtu of the uplink, in bytes */
export async function probePrefix(prefix: string, target: Target, way: Way, mtu: number): Promise<ProbeResult> {
  // Among the IPv6 peer's own addresses, where no client's traffic goes; random, so that nobody knows it already.
  const address = compilePool(prefix).embed(SELECTOR.self, formatIPv4(randomBytes(4).readInt32BE() | 0x0100_0000));
  const removeAddress = addTemporaryAddress(address);
  let watch: Watch | undefined;
  const sockets: Socket[] = [];
  try {
    watch = new Watch(sightsOf(prefix, address, target.address));
    const [inside, control] = [await open(address), await open(undefined)];
    sockets.push(inside, control);
    listenForSolicitations(inside, address, way.device);
    const seen = watch;
    const evidence = await look(seen, async () => {
      await knock(inside, target, HOP_LIMITS);
      await knock(control, target, [64]);
      knockAtTcp(target, address);
      knockAtTcp(target, undefined);
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
    // The target of a Neighbour Solicitation stands behind eight bytes of ICMPv6 (RFC 4861 §4.3).
    { name: "asked", when: `icmpv6 type nd-neighbor-solicit @th,64,128 0x${words.join("")}` },
    { name: "arrived", when: `iifname != "lo" ip6 daddr ${address}` },
    { name: "answered", when: `iifname != "lo" ip6 saddr ${target} ip6 daddr ${address}` },
    { name: "control", when: `iifname != "lo" ip6 saddr ${target} ip6 daddr != ${prefix}` },
    { name: "toobig", when: `ip6 daddr ${address} icmpv6 type packet-too-big` },
  ];
}

async function look(watch: Watch, knockAgain: () => Promise<void>): Promise<PrefixEvidence> {
  const count = (name: string) => watch.read().get(name)?.packets ?? 0;
  const end = performance.now() + PATIENCE;
  let next = 0;
  for (;;) {
    const now = performance.now();
    if (now >= next && now < end - AGAIN) {
      next = now + AGAIN;
      await knockAgain();
    }
    await sleep(LOOK);
    const evidence = {
      asked: count("asked"),
      arrived: count("arrived"),
      answered: count("answered"),
      control: count("control"),
    };
    if (isSettled(evidence) || performance.now() > end) return evidence;
  }
}

async function open(address: string | undefined): Promise<Socket> {
  const socket = createSocket("udp6");
  // Errors that come back are what is looked for, and seen by the watch.
  socket.on("error", () => {});
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

/** Solicitations go to a multicast group (RFC 4291 §2.7.1) that switches and drivers bring only to its members. */
function listenForSolicitations(socket: Socket, address: string, device: string): void {
  const low = parseIPv6(address)[3] & 0xff_ffff;
  const group = `ff02::1:ff${(low >>> 16).toString(16).padStart(2, "0")}:${(low & 0xffff).toString(16)}`;
  try {
    socket.addMembership(group, `::%${device}`);
  } catch {
    // A device without multicast has no Neighbour Solicitations either.
  }
}

async function knock(socket: Socket, { address }: Target, hopLimits: readonly number[]): Promise<void> {
  for (const hopLimit of hopLimits) {
    for (const port of PORTS) await send(socket, LEAST_QUERY, port, address, hopLimit);
  }
}

/** The hop limit is the socket's, and the kernel takes it when it takes the datagram. */
function send(socket: Socket, size: number, port: number, address: string, hopLimit: number): Promise<void> {
  return new Promise((resolve) => {
    socket.setTTL(hopLimit);
    socket.send(dnsQuery(randomInt(65_536), size), port, address, () => resolve());
  });
}

function knockAtTcp({ address, tcpPort }: Target, from: string | undefined): void {
  if (tcpPort === undefined) return;
  const socket = connect({ host: address, port: tcpPort, ...(from !== undefined && { localAddress: from }) });
  socket.on("error", () => {});
  socket.on("connect", () => socket.destroy());
  setTimeout(() => socket.destroy(), AGAIN).unref();
}

/** Whether a packet of 1280 bytes and one as large as the uplink takes are answered. */
async function trySizes(watch: Watch, socket: Socket, { address }: Target, mtu: number): Promise<SizeEvidence> {
  const [small, large] = [1280, mtu];
  const attempt = async (bytes: number): Promise<boolean> => {
    const before = watch.read().get("answered")?.packets ?? 0;
    for (let tries = 0; tries < 3; tries++) {
      for (const port of PORTS) await send(socket, bytes - HEADERS, port, address, 64);
      for (let looks = 0; looks < AGAIN / LOOK; looks++) {
        await sleep(LOOK);
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

/**
 * Clients, exits and servers in simulated time. Every exit of this world answers probes; what it does to data is up to the test.
 */
import { parseIPv6 } from "@nat64/rfc6052";
import { createEngine } from "../../../src/create-engine.ts";
import type { DataLiveness } from "../../../src/exits/data/data-liveness.ts";
import { ExitPolicy } from "../../../src/exits/exit-policy.ts";
import type { PeerExits } from "../../../src/exits/peer-exits.ts";
import type { Nat64Pipeline } from "../../../src/pipeline/pipeline.ts";
import { Nat64 } from "../../../src/simple.ts";
import { repeatableRandom, STATEFUL } from "../../engine/support.ts";
import { filler, ipv6, tcp, udp, withChecksum } from "../../packet/build.ts";

/** A packet on its way to a server. */
export interface Sent {
  /** The exit that it leaves through. */
  readonly exit: number;
  readonly client: number;
  /** The server's IPv4 address. */
  readonly server: string;
  readonly protocol: number;
  readonly length: number;
  /** Milliseconds. */
  readonly now: number;
}

/** Milliseconds from a packet to its answer. */
const ROUND_TRIP = 80;
/** Time passes in these steps. */
const STEP = 20;
const TCP = 6;
const SYN = 2;
const ACK = 16;
/** Bytes of the headers of IPv6, and of TCP without options. */
const HEADERS = 60;
const FIRST_SELECTOR = 0x100;

const teredo = (exit: number): string => `2001:0:c000:205:1234:5678:39cd:${(0x9b00 + exit).toString(16)}`;

interface Answer {
  readonly at: number;
  readonly packet: Uint8Array;
}

/** What a client sends. */
export interface Flow {
  readonly client: number;
  readonly server: string;
  readonly protocol?: "tcp" | "udp";
  /** Default: a new one. */
  readonly port?: number;
  /** Bytes of data; default: 20 of UDP, none of TCP. */
  readonly size?: number;
  /** A TCP segment of an open connection; default: a SYN. */
  readonly isOpen?: boolean;
  /** Of a pinned exit; default: automatic. */
  readonly selector?: number;
}

export class World {
  readonly nat: Nat64;
  readonly engine: Nat64Pipeline;
  readonly exits: PeerExits;
  readonly data: DataLiveness;
  now = 0;
  /** Packets that left, since the last call of {@link take}. */
  sent: Sent[] = [];
  /** Clients that got an answer since the last call of {@link take}. */
  answered: number[] = [];
  readonly #answers: Answer[] = [];
  readonly #sizeOf: (sent: Sent) => number;
  readonly #isAnswered: (sent: Sent) => boolean;
  #port = 20_000;

  /**
   * @param answers whether a packet reaches its server and the answer comes back
   * @param sizeOf bytes of data in an answer; default: none
   */
  constructor(exits: number, answers: (sent: Sent) => boolean, sizeOf: (sent: Sent) => number = () => 0, seed = 1) {
    this.engine = createEngine(
      {
        ...STATEFUL,
        pool: [],
        prefixes: ["2001:db8:64::/96"],
        peerExits: { pool: "2001:db8:64::/80" },
        tables: { sessions: 8192, clients: 1024, fragmentedPackets: 64, heldBytes: 131_072 },
      },
      { random: repeatableRandom(0x2545f491 + seed) },
    );
    this.nat = new Nat64(this.engine);
    this.exits = this.engine.exits as PeerExits;
    this.data = this.exits.data;
    this.#isAnswered = answers;
    this.#sizeOf = sizeOf;
    for (let exit = 1; exit <= exits; exit++) {
      this.exits.add(exit, {
        selector: FIRST_SELECTOR + exit,
        teredo: parseIPv6(teredo(exit)),
        firstPort: 20_000,
        weight: 1,
        automatic: true,
        pinnable: true,
        published: new ExitPolicy([]),
      });
      this.exits.setUp(exit, true);
    }
  }

  /** What happened since the last call. */
  take(): { sent: Sent[]; answered: number[] } {
    const taken = { sent: this.sent, answered: this.answered };
    this.sent = [];
    this.answered = [];
    return taken;
  }

  /** The exit of a flow's first packet; 0 when it was dropped. */
  open(flow: Flow): number {
    const { client, server, protocol = "udp", port = this.#nextPort(), selector = 0 } = flow;
    const size = flow.size ?? (protocol === "udp" ? 20 : 0);
    const payload = protocol === "udp" ? udp(port, 53, filler(size)) : tcp(port, 80, filler(size));
    if (protocol === "tcp") payload[13] = flow.isOpen === true ? ACK : SYN;
    const packet = ipv6({
      source: addressOf(client),
      destination: `2001:db8:64::${selector.toString(16)}:${server}`,
      protocol: protocol === "udp" ? 17 : TCP,
      payload,
    });
    return this.send(withChecksum(packet), client);
  }

  /** A packet of a client. @returns the exit that it leaves through, or 0 */
  send(packet: Uint8Array, client: number): number {
    const { packets } = this.nat.fromIPv6(packet, this.now);
    if (packets.length === 0) return 0;
    const out = packets[0].packet;
    const sent = {
      exit: ((out[18] << 8) | out[19]) - FIRST_SELECTOR,
      client,
      server: out.subarray(20, 24).join("."),
      protocol: out[6],
      length: out.length,
      now: this.now,
    };
    this.sent.push(sent);
    if (this.#isAnswered(sent))
      this.#answers.push({ at: this.now + ROUND_TRIP, packet: answerTo(out, this.#sizeOf(sent)) });
    return sent.exit;
  }

  /** Lets time pass. @param each called for each step */
  run(ms: number, each: (now: number) => void = () => {}): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += STEP;
      while (this.#answers.length > 0 && this.#answers[0].at <= this.now) this.#deliver();
      each(this.now);
      this.nat.advance(this.now);
    }
  }

  #deliver(): void {
    const { packet } = this.#answers.shift() as Answer;
    const { packets } = this.nat.fromIPv6(packet, this.now);
    for (const each of packets) this.answered.push((each.packet[26] << 8) | each.packet[27]);
  }

  #nextPort(): number {
    this.#port = this.#port === 60_000 ? 20_000 : this.#port + 1;
    return this.#port;
  }
}

/** The address of a client: each has a /48 of its own. */
export function addressOf(client: number): string {
  return `2a0c:${client.toString(16)}:1::1`;
}

/** A packet that goes the other way. A SYN is accepted, data is acknowledged. */
function answerTo(out: Uint8Array, size: number): Uint8Array {
  const isTcp = out[6] === TCP;
  const back = isTcp ? tcp(0, 0, filler(size)) : udp(0, 0, filler(Math.max(size, 20)));
  back.set(out.subarray(42, 44), 0);
  back.set(out.subarray(40, 42), 2);
  if (isTcp) {
    back[13] = (out[53] & SYN) !== 0 ? SYN | ACK : ACK;
    const view = new DataView(out.buffer, out.byteOffset);
    new DataView(back.buffer).setInt32(8, view.getInt32(44) + out.length - HEADERS);
  }
  const text = (from: number): string => {
    const words = Array.from({ length: 8 }, (_, i) => ((out[from + 2 * i] << 8) | out[from + 2 * i + 1]).toString(16));
    return words.join(":");
  };
  return withChecksum(ipv6({ source: text(24), destination: text(8), protocol: out[6], payload: back }));
}

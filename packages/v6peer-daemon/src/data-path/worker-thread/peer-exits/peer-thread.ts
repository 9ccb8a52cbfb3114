/**
 * Peer exits in the data path's thread: joins the machine to the engine, sends its probes, and gives what it says to the
 * main thread, which has the connection to the coordinator.
 */
import type { createEngine } from "@nat64/nat64-engine";
import { createDatagramBatch, type DatagramBatch } from "@nat64/packet-io/packets";
import { V6Peer, type V6PeerOutput } from "@nat64/peer-machines";
import { toBase64url } from "@nat64/peer-protocol";
import { loadIdentity, nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, type IPv6Words, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import type { CoordinatorNews, PeerExitsOptions, PeerExitsStatus } from "../../messages/peer-exits.ts";

type Engine = ReturnType<typeof createEngine>;

/** Probes that one turn may bring: those of all pairs, with room to spare. */
const PROBES = 128;
const PROBE_ROOM = 128;

/** What the thread has and this needs. */
export interface PeerThreadParts {
  readonly engine: Engine;
  readonly clock: () => number;
  /** Sends packets of the machine. */
  readonly send: (packets: DatagramBatch, now: number) => void;
  /** Told that a Teredo address was validated. */
  readonly validated: ((teredo: IPv6Words, now: number) => void) | undefined;
  /** Gives messages, events and selectors to the main thread. */
  readonly tell: (outputs: readonly V6PeerOutput[]) => void;
  /** Lets the engine's timers act at once. */
  readonly requestAdvance: () => void;
}

export class PeerThread {
  readonly #parts: PeerThreadParts;
  readonly #machine: V6Peer;
  readonly #probes: DatagramBatch = createDatagramBatch({ bytes: PROBES * PROBE_ROOM, capacity: PROBES });
  #engine: Engine;
  /** What the machine has asked for since the last {@link PeerThread.advance}. */
  #outputs: V6PeerOutput[] = [];
  /** The machine has had an input: its deadline may be another one, and outputs may wait. */
  #isTouched = true;
  #due = 0;

  constructor(options: PeerExitsOptions, parts: PeerThreadParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
    const { exits } = parts.engine;
    if (exits === undefined) throw new Error("the engine has no peer exits");
    const identity = loadIdentity(options.identity);
    const now = parts.clock();
    this.#machine = new V6Peer(
      {
        settings: options.settings,
        identity: toBase64url(identity.publicKey),
        sign: identity.sign,
        suite: nodeSuite,
        prefix: options.prefix,
        relay: options.relay === undefined ? "system" : "builtin",
        refusals: compileRefusals({ allow: options.lab ? LABORATORY_BLOCKS : [] }),
        control: {
          exits,
          end: (exit) => {
            this.#engine.endExit(exit);
            parts.requestAdvance();
          },
          isEnding: (exit) => this.#engine.isEndingExit(exit),
          validated: (_, teredo, at) => parts.validated?.(teredo, at),
        },
        selectors: options.selectors,
        epoch: Date.now() - now,
      },
      now,
    );
    this.attach(parts.engine);
  }

  /** Another engine goes on with the same exits. */
  attach(engine: Engine): void {
    const before = this.#engine;
    this.#engine = engine;
    for (let exit = 1; before !== engine && exit <= 32; exit++) if (before.isEndingExit(exit)) engine.endExit(exit);
    engine.deliverLocally = (bytes, offset, length, now) =>
      this.#collect(this.#machine.receivePacket(bytes, offset, length, now));
    this.#watch();
  }

  /** Something came from the main thread. */
  hear(news: CoordinatorNews): void {
    const now = this.#parts.clock();
    if (news.type === "opened") this.#collect(this.#machine.opened(now));
    else if (news.type === "lost") this.#collect(this.#machine.lost(now));
    else if (news.type === "settings") this.#collect(this.#machine.configure(news.settings, now));
    else this.#collect(this.#machine.receiveMessage(news.message, now));
  }

  /** See `V6Peer.drain`. */
  drain(withinSeconds: number, pair: string | undefined, now: number): void {
    this.#collect(this.#machine.drain(withinSeconds, pair, now));
  }

  /** See `V6Peer.cancelDrain`. */
  cancelDrain(pair: string | undefined, now: number): void {
    this.#collect(this.#machine.cancelDrain(pair, now));
  }

  /** See `V6Peer.finishDrain`. */
  finishDrain(pair: string, now: number): void {
    this.#collect(this.#machine.finishDrain(pair, now));
  }

  /** The exit of a pair, `undefined` when there is no such pair any more. */
  exitOf(pair: string, now: number): number | undefined {
    return this.#machine.describe(now).find((each) => each.pair === pair)?.exit;
  }

  /** When {@link PeerThread.advance} has something to do. */
  nextDeadline(): number {
    return this.#isTouched ? 0 : this.#due;
  }

  /** Lets what is due happen, and does what the machine wants. Cheap when there is nothing. */
  advance(now: number): void {
    if (!this.#isTouched && now < this.#due) return;
    this.#collect(this.#machine.advance(now));
    // Sending a packet may lead to one for the machine, and so to more outputs.
    while (this.#outputs.length > 0) {
      const outputs = this.#outputs;
      this.#outputs = [];
      this.#do(outputs, now);
    }
    this.#isTouched = false;
    this.#watch();
    this.#due = this.#machine.nextDeadline();
  }

  status(): Omit<PeerExitsStatus, "relay"> {
    const { registration, probeFaults } = this.#machine;
    const exits = this.#machine.describe(this.#parts.clock());
    return {
      registration,
      exits: exits.map((each) => ({ ...each, sessions: this.#engine.sessionsOf(each.exit) })),
      bytesSent: this.#engine.exits?.sentBytes() ?? 0,
      bytesReceived: this.#engine.exits?.receivedBytes() ?? 0,
      probeFaults: probeFaults as Record<string, number>,
    };
  }

  /** Keeps outputs for the next {@link PeerThread.advance}. @returns false if the machine did not take the input */
  #collect(outputs: readonly V6PeerOutput[] | undefined): boolean {
    if (outputs === undefined) return false;
    this.#isTouched = true;
    for (const output of outputs) this.#outputs.push(output);
    return true;
  }

  #do(outputs: readonly V6PeerOutput[], now: number): void {
    const batch = this.#probes;
    batch.count = 0;
    const rest: V6PeerOutput[] = [];
    for (const output of outputs) {
      if (output.kind !== "send-packet") {
        rest.push(output);
        continue;
      }
      if (batch.count === PROBES) this.#flush(now);
      batch.bytes.set(output.bytes, batch.count * PROBE_ROOM);
      batch.offset[batch.count] = batch.count * PROBE_ROOM;
      batch.length[batch.count] = output.bytes.length;
      batch.count++;
    }
    this.#flush(now);
    if (rest.length > 0) this.#parts.tell(rest);
  }

  #flush(now: number): void {
    if (this.#probes.count > 0) this.#parts.send(this.#probes, now);
    this.#probes.count = 0;
  }

  /** Clients' packets are looked through for proofs only while some are expected. */
  #watch(): void {
    if (!this.#machine.wantsProofs) {
      this.#engine.interceptPacket = undefined;
      return;
    }
    this.#engine.interceptPacket = (bytes, offset, length, now) =>
      this.#collect(this.#machine.receiveProof(bytes, offset, length, now));
  }
}

/**
 * Peer exits in the data path's thread: connects the machine with the engine, sends its probes, and passes its other
 * outputs to the main thread, which has the connection to the coordinator.
 */
import { type createEngine, LOCAL_EXIT } from "@nat64/nat64-engine";
import { createDatagramBatch, type DatagramBatch } from "@nat64/packet-io/packets";
import { V6Peer, type V6PeerOutput } from "@nat64/peer-machines";
import { toBase64url } from "@nat64/peer-protocol";
import { loadIdentity, nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, type IPv6Words, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import type { CoordinatorNews, PeerExitsOptions, PeerExitsStatus } from "../../messages/peer-exits.ts";

type Engine = ReturnType<typeof createEngine>;

/** Maximum number of probes in a batch, more than all pairs have, and maximum size of a probe. */
const PROBES = 128;
const PROBE_BYTES = 128;

/** The parts of the thread that peer exits use. */
export interface PeerThreadParts {
  readonly engine: Engine;
  readonly clock: () => number;
  /** Sends packets of the machine. */
  readonly send: (packets: DatagramBatch, now: number) => void;
  /** Called when a Teredo address was validated. */
  readonly onValidated: ((teredo: IPv6Words, now: number) => void) | undefined;
  /** Passes messages, events and selectors to the main thread. */
  readonly report: (outputs: readonly V6PeerOutput[]) => void;
  /** Runs the engine's timers in the next round. */
  readonly requestAdvance: () => void;
}

export class PeerThread {
  readonly #parts: PeerThreadParts;
  readonly #machine: V6Peer;
  readonly #probes: DatagramBatch = createDatagramBatch({ bytes: PROBES * PROBE_BYTES, capacity: PROBES });
  #engine: Engine;
  /** Outputs of the machine since the last {@link PeerThread.advance}. */
  #outputs: V6PeerOutput[] = [];
  /** Whether the machine had an input: its deadline may have changed, and there may be outputs. */
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
          validated: (_, teredo, at) => parts.onValidated?.(teredo, at),
        },
        selectors: options.selectors,
        timeZeroUnixMs: Date.now() - now,
      },
      now,
    );
    this.attach(parts.engine);
  }

  /** Switches to another engine with the same exits. */
  attach(engine: Engine): void {
    const before = this.#engine;
    this.#engine = engine;
    for (let exit = 1; before !== engine && exit <= 32; exit++) if (before.isEndingExit(exit)) engine.endExit(exit);
    engine.deliverLocally = (bytes, offset, length, now) =>
      this.#collect(this.#machine.receivePacket(bytes, offset, length, now));
    this.#watch();
  }

  /** Handles news from the main thread. */
  update(news: CoordinatorNews): void {
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

  /** The exit of a pair; `undefined` if the pair no longer exists. */
  exitOf(pair: string, now: number): number | undefined {
    return this.#machine.describe(now).find((each) => each.pair === pair)?.exit;
  }

  /** When to call {@link PeerThread.advance} next. */
  nextDeadline(): number {
    return this.#isTouched ? 0 : this.#due;
  }

  /** Runs the machine's timers and carries out its outputs. Cheap if there is nothing to do. */
  advance(now: number): void {
    if (!this.#isTouched && now < this.#due) return;
    this.#collect(this.#machine.advance(now));
    // A packet that is sent may cause a packet to the machine, and so more outputs.
    while (this.#outputs.length > 0) {
      const outputs = this.#outputs;
      this.#outputs = [];
      this.#carryOut(outputs, now);
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
      ...(this.#engine.exits && { localData: this.#engine.exits.data.describe(LOCAL_EXIT) }),
      bytesSent: this.#engine.exits?.sentBytes() ?? 0,
      bytesReceived: this.#engine.exits?.receivedBytes() ?? 0,
      probeFaults: probeFaults as Record<string, number>,
    };
  }

  /** Keeps outputs for the next {@link PeerThread.advance}. @returns false if the machine did not handle the input */
  #collect(outputs: readonly V6PeerOutput[] | undefined): boolean {
    if (outputs === undefined) return false;
    this.#isTouched = true;
    for (const output of outputs) this.#outputs.push(output);
    return true;
  }

  #carryOut(outputs: readonly V6PeerOutput[], now: number): void {
    const batch = this.#probes;
    batch.count = 0;
    const rest: V6PeerOutput[] = [];
    for (const output of outputs) {
      if (output.kind !== "send-packet") {
        rest.push(output);
        continue;
      }
      if (batch.count === PROBES) this.#flush(now);
      batch.bytes.set(output.bytes, batch.count * PROBE_BYTES);
      batch.offset[batch.count] = batch.count * PROBE_BYTES;
      batch.length[batch.count] = output.bytes.length;
      batch.count++;
    }
    this.#flush(now);
    if (rest.length > 0) this.#parts.report(rest);
  }

  #flush(now: number): void {
    if (this.#probes.count > 0) this.#parts.send(this.#probes, now);
    this.#probes.count = 0;
  }

  /** Intercepts packets of clients to find proofs, but only while proofs are expected. */
  #watch(): void {
    if (!this.#machine.wantsProofs) {
      this.#engine.interceptPacket = undefined;
      return;
    }
    this.#engine.interceptPacket = (bytes, offset, length, now) =>
      this.#collect(this.#machine.receiveProof(bytes, offset, length, now));
  }
}

/** What every part of the machine works with: options, state, time, and a place for what is to be done. */
import { type Message, shortPeerId } from "@nat64/peer-protocol";
import type { Connection } from "./connections/connection.ts";
import { type Counters, makeCounters } from "./counters.ts";
import { KeyedBuckets } from "./limits/keyed-buckets.ts";
import { TokenBucket } from "./limits/token-bucket.ts";
import type { CoordinatorOptions } from "./options.ts";
import type { LogEvent, Output } from "./outputs.ts";
import { Enrolment } from "./peers/enrolment.ts";
import type { Peer } from "./peers/peer.ts";
import { makeState, type State } from "./state.ts";
import { Timers } from "./timers.ts";

/** Proofs of prefix at once for prefixes of one /48. */
const SITE_BURST = 16;

export class Context {
  readonly options: CoordinatorOptions;
  readonly state: State = makeState();
  readonly timers: Timers = new Timers();
  readonly counters: Counters = makeCounters();
  readonly challengeRate: TokenBucket;
  readonly siteRate: KeyedBuckets;
  readonly wayRate: KeyedBuckets;
  readonly sourceRate: KeyedBuckets;
  enrolment: Enrolment;
  /** Milliseconds; set by whoever brings an input. */
  now: number;
  #outputs: Output[] = [];

  constructor(options: CoordinatorOptions, now: number) {
    const { suite, limits, enrolment } = options;
    this.options = options;
    this.now = now;
    this.enrolment = new Enrolment(enrolment, suite);
    this.challengeRate = new TokenBucket(limits.challengesPerSecond, limits.challengesPerSecond, now);
    const keyed = (perSecond: number, burst: number): KeyedBuckets =>
      new KeyedBuckets(perSecond, burst, this.randomWord(), now);
    this.siteRate = keyed(limits.challengesPerSecondAndSite, SITE_BURST);
    this.wayRate = keyed(limits.bubblesPerSecondAndWay, limits.bubblesPerSecondAndWay);
    this.sourceRate = keyed(limits.bubblesPerSecondAndSource, limits.bubblesPerSecondAndSource);
  }

  /** A random int32 word that outsiders cannot guess. */
  randomWord(): number {
    return new Int32Array(this.options.suite.randomBytes(4).buffer)[0];
  }

  /** Everything to be done since it was last asked. */
  takeOutputs(): Output[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  put(output: Output): void {
    this.#outputs.push(output);
  }

  /** Sends on a connection that is still there; to nobody, if there is none. */
  send(connection: Connection | undefined, message: Message): void {
    if (connection === undefined || !this.state.connections.has(connection.id)) return;
    this.counters.messagesOut[message.type]++;
    this.put({ kind: "message", connection: connection.id, message });
  }

  log(level: LogEvent["level"], event: string, peer?: Peer, fields: LogEvent["fields"] = {}): void {
    const who = peer === undefined ? {} : { peer: shortPeerId(peer.id), role: peer.role };
    this.put({ kind: "log", level, event, fields: { ...who, ...fields } });
  }
}

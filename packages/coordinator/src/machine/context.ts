/** What every rule works with: options, state, timers, counters, the time, and a queue of outputs. */
import { type Message, shortPeerId } from "@nat64/peer-protocol";
import { KeyedRateLimiter, RateLimiter } from "@nat64/teredo/limits";
import type { CoordinatorOptions } from "./options.ts";
import type { LogEvent, Output } from "./outputs.ts";
import { type Counters, makeCounters } from "./state/counters.ts";
import { Enrolment } from "./state/enrolment.ts";
import type { Peer } from "./state/peer.ts";
import { makeState, type State } from "./state/state.ts";
import type { Timers } from "./timers/kinds.ts";
import { TimerTable } from "./timers/timer-table.ts";

/** Proofs of prefix at once for prefixes of one /48. */
const SITE_BURST = 16;

/** Changes of all peers at once, as seconds of their rate. */
const CHANGE_SECONDS_AT_ONCE = 10;

/** Limits on rates over all connections, by what they count. */
export interface Rates {
  /** New proofs of prefix. */
  readonly challenges: RateLimiter;
  /** New proofs of prefix for prefixes of one /48. */
  readonly challengesPerSite: KeyedRateLimiter;
  /** Changes that others are told. */
  readonly changes: RateLimiter;
  /** Bubbles from one IPv4 address to one Teredo address. */
  readonly bubblesPerFlow: KeyedRateLimiter;
  /** Bubbles from one IPv4 address. */
  readonly bubblesPerSource: KeyedRateLimiter;
}

export class Context {
  readonly options: CoordinatorOptions;
  readonly state: State = makeState();
  readonly timers: Timers = new TimerTable();
  readonly counters: Counters = makeCounters();
  readonly rates: Rates;
  enrolment: Enrolment;
  /** The time of the present input, in milliseconds. */
  now: number;
  #outputs: Output[] = [];

  /** @param now milliseconds */
  constructor(options: CoordinatorOptions, now: number) {
    const { suite, limits, enrolment } = options;
    this.options = options;
    this.now = now;
    this.enrolment = new Enrolment(enrolment, suite);
    const keyed = (perSecond: number, burst?: number): KeyedRateLimiter =>
      new KeyedRateLimiter(perSecond, [this.randomWord(), this.randomWord()], burst);
    this.rates = {
      challenges: new RateLimiter(limits.challengesPerSecond),
      challengesPerSite: keyed(limits.challengesPerSecondPerSite, SITE_BURST),
      changes: new RateLimiter(limits.changesPerSecond, CHANGE_SECONDS_AT_ONCE * limits.changesPerSecond),
      bubblesPerFlow: keyed(limits.bubblesPerSecondPerFlow),
      bubblesPerSource: keyed(limits.bubblesPerSecondPerSource),
    };
  }

  /** An int32 word that outsiders cannot guess. */
  randomWord(): number {
    return new Int32Array(this.options.suite.randomBytes(4).buffer)[0];
  }

  /** All outputs since the last call. */
  takeOutputs(): readonly Output[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  put(output: Output): void {
    this.#outputs.push(output);
  }

  /** Sends a message on a connection; does nothing if there is no connection or it is closed. */
  send(connection: number | undefined, message: Message): void {
    if (connection === undefined || !this.state.connections.has(connection)) return;
    this.counters.messagesOut[message.type]++;
    this.put({ kind: "message", connection, message });
  }

  log(level: LogEvent["level"], event: string, peer?: Peer, fields: LogEvent["fields"] = {}): void {
    const about = peer === undefined ? {} : { peer: shortPeerId(peer.id), role: peer.role };
    this.put({ kind: "log", level, event, fields: { ...about, ...fields } });
  }
}

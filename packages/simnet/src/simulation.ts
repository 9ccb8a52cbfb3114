import { Core } from "./core.ts";
import type { HostOptions } from "./host/host.ts";
import { Host } from "./host/host.ts";
import { Nat } from "./nat/nat.ts";
import type { NatOptions } from "./nat/options.ts";
import type { Link } from "./network/link.ts";
import { Network } from "./network/network.ts";
import type { Statistics } from "./observe/counters.ts";
import { Trace } from "./observe/trace.ts";
import { hashText, mix } from "./random/hash-words.ts";
import type { Random } from "./random/random.ts";
import { SimulationError, type SimulationErrorCode } from "./simulation-error.ts";
import type { StreamOptions } from "./stream/stream-layer.ts";
import { FOREVER } from "./time/life.ts";
import { PeriodicTimer, Timer, type TimerAction } from "./time/timer.ts";

/** Number of events at one instant above which a simulation is considered to loop. */
const MAX_EVENTS_AT_ONCE = 1_000_000;
/** Lines of the trace in an error. */
const TRACE_LINES = 50;
/** A day. */
const DAY_MS = 86_400_000;

/** Options of a simulation. */
export interface SimulationOptions {
  /** An integer. The same seed gives the same run. */
  readonly seed: number;
  /** Number of events that the trace keeps; default 4,096. The hash covers all events. */
  readonly traceLength?: number;
  /** How streams behave. */
  readonly streams?: StreamOptions;
}

/** Statistics of a direction of a link. */
export interface LinkStatistics extends Statistics {
  readonly name: string;
}

/** Hosts, links and NATs in virtual time. Everything happens inside {@link run}, without real waiting. */
export class Simulation {
  readonly seed: number;
  /** The network that is not behind any NAT. */
  readonly internet: Network;
  readonly #core: Core;
  readonly #streamOptions: StreamOptions;
  readonly #nodes: Map<string, Host | Nat> = new Map();
  readonly #networks: Network[] = [];

  constructor(options: SimulationOptions) {
    const { seed, traceLength = 4_096, streams = {} } = options;
    if (!Number.isSafeInteger(seed)) throw new SimulationError("bad-option", `A seed is an integer, not ${seed}.`);
    this.seed = seed;
    this.#core = new Core(seed, new Trace(traceLength));
    this.#streamOptions = streams;
    this.internet = new Network(this.#core, "internet");
    this.#networks.push(this.internet);
  }

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.#core.queue.now;
  }

  /** Number of events that ran. */
  get events(): number {
    return this.#core.queue.processed;
  }

  /** Number of pending events. */
  get pending(): number {
    return this.#core.queue.size;
  }

  /** Hash over everything that happened: equal for two identical runs. */
  get hash(): string {
    const { trace, queue } = this.#core;
    const events = mix(hashText(trace.hash, queue.processed | 0), queue.now | 0) >>> 0;
    return trace.hash + events.toString(16).padStart(8, "0");
  }

  /** Creates a host. @param name unique; its random numbers depend only on the seed and the name */
  addHost(name: string, options: HostOptions): Host {
    const id = this.#reserve(name);
    const network = options.network ?? this.internet;
    const host = new Host(this.#core, name, id, network, options, this.#streamOptions);
    this.#nodes.set(name, host);
    return host;
  }

  /** Creates a NAT. Hosts with its `inside` as their network are behind it. @param name unique, like a host's */
  addNat(name: string, options: NatOptions): Nat {
    const nat = new Nat(this.#core, name, this.#reserve(name), options.network ?? this.internet, options);
    this.#nodes.set(name, nat);
    this.#networks.push(nat.inside);
    return nat;
  }

  /** The random number stream of a name, for the scenario. */
  random(name: string): Random {
    return this.#core.random(`scenario/${name}`);
  }

  /** Calls a function at a time. */
  at(time: number, action: TimerAction): Timer {
    const timer = new Timer(this.#core.queue, FOREVER, action);
    timer.set(time);
    return timer;
  }

  /**
   * Calls a function at an interval in milliseconds, first after one interval or at the given time. The simulation is
   * never idle meanwhile.
   */
  every(intervalMs: number, action: TimerAction, first?: number): PeriodicTimer {
    return new PeriodicTimer(this.#core.queue, FOREVER, intervalMs, action, first);
  }

  /** Checks an invariant at an interval in milliseconds. If the check returns a sentence, the run fails with it. */
  invariant(name: string, intervalMs: number, check: (now: number) => string | undefined): PeriodicTimer {
    const action = (now: number): void => {
      const fault = check(now);
      if (fault !== undefined) throw this.#failure("invariant", `The invariant "${name}" does not hold: ${fault}`);
    };
    const { queue } = this.#core;
    return new PeriodicTimer(queue, FOREVER, intervalMs, action, queue.now + intervalMs, true);
  }

  /** Adds a sentence to the trace and the hash. */
  note(text: string): void {
    this.#core.trace.note(this.now, text);
  }

  /** The latest events as text, oldest first. @param limit maximum number of lines */
  trace(limit?: number): string[] {
    return this.#core.trace.lines(limit);
  }

  /** Counters of all packets: sent = delivered + dropped + in flight. */
  statistics(): Statistics {
    return this.#core.counters.read();
  }

  /** Counters of each direction of each link. */
  linkStatistics(): LinkStatistics[] {
    const ofNodes = [...this.#nodes.values()].map((node) => node.link);
    const links: readonly Link[] = ofNodes.concat(this.#networks.flatMap((network) => network.paths));
    return links
      .flatMap((link) => [link.out, link.in])
      .map((direction) => ({ name: direction.name, ...direction.statistics() }));
  }

  /** Runs all events up to and including a time, and sets the clock to it. */
  run(until: number): void {
    if (!(until < Number.POSITIVE_INFINITY)) throw new RangeError(`A run ends at a time, not at ${until}.`);
    this.#runWhile(until, () => true);
    const { queue } = this.#core;
    queue.now = Math.max(queue.now, until);
  }

  /** Runs until only invariants and random reboots are left. @param limitMs virtual milliseconds; default a day */
  runUntilIdle(limitMs: number = DAY_MS): void {
    const { queue } = this.#core;
    this.#runWhile(queue.now + limitMs, () => queue.foreground > 0);
    if (queue.foreground > 0) throw this.#failure("not-idle", `Not idle after ${limitMs} ms of virtual time.`);
  }

  #runWhile(until: number, goesOn: () => boolean): void {
    const { queue } = this.#core;
    let instant = queue.now;
    let eventsNow = 0;
    try {
      while (queue.nextTime <= until && goesOn()) {
        queue.take().run();
        if (queue.now !== instant) {
          instant = queue.now;
          eventsNow = 0;
        } else if (++eventsNow > MAX_EVENTS_AT_ONCE) {
          throw this.#failure("no-progress", `More than ${MAX_EVENTS_AT_ONCE} events at one instant.`);
        }
      }
    } catch (error) {
      if (error instanceof SimulationError && error.trace.length > 0) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw this.#failure("handler", message, error);
    }
  }

  #failure(code: SimulationErrorCode, message: string, cause?: unknown): SimulationError {
    const where = `(seed ${this.seed}, at ${this.now} ms, event ${this.events})`;
    const trace = ["the end of the trace:", ...this.trace(TRACE_LINES)];
    return new SimulationError(code, `${message} ${where}`, trace, cause);
  }

  #reserve(name: string): number {
    if (this.#nodes.has(name)) throw new SimulationError("in-use", `There is a node ${name} already.`);
    return this.#nodes.size;
  }
}

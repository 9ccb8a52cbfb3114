import type { Core } from "../core.ts";
import { FOREVER } from "../time/life.ts";
import { Timer } from "../time/timer.ts";
import { LinkDirection, type LinkState, type Sink } from "./link-direction.ts";
import type { BothWaysOptions, LinkOptions } from "./link-options.ts";

/** A link: of a node to its network, or a separate path between two nodes. */
export class Link implements LinkState {
  readonly name: string;
  /** Away from the node; of a path, from its first node to its second. */
  readonly out: LinkDirection;
  /** Towards the node; of a path, from its second node to its first. */
  readonly in: LinkDirection;
  readonly #core: Core;
  #isConnected = true;
  #outages = 0;

  constructor(core: Core, name: string, options: BothWaysOptions, outSink: Sink, inSink: Sink) {
    const { out = {}, in: into = {}, ...both } = options;
    this.name = name;
    this.#core = core;
    this.out = new LinkDirection(core, `${name}/out`, { ...both, ...out }, this, outSink);
    this.in = new LinkDirection(core, `${name}/in`, { ...both, ...into }, this, inSink);
  }

  /** Whether packets pass. A packet in flight when it goes down is lost unless it is up again on arrival. */
  get isUp(): boolean {
    return this.#isConnected && this.#outages === 0;
  }

  /** Unplugs the cable, or plugs it in again. */
  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
  }

  /** An outage between two times, in virtual milliseconds. Outages may overlap. */
  outage(from: number, until: number): void {
    const { queue } = this.#core;
    new Timer(queue, FOREVER, () => this.#outages++).set(from);
    new Timer(queue, FOREVER, () => this.#outages--).set(Math.max(from, until));
  }

  /** Changes options of both directions from now on. */
  change(options: LinkOptions): void {
    this.out.change(options);
    this.in.change(options);
  }
}

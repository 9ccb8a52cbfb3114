/** Draining in the main thread: what the operator means, and the end of the daemon when everything has drained. */
import { setTimeout as sleep } from "node:timers/promises";
import { ControlError } from "@nat64/daemon-kit/control";
import { shortPeerId } from "@nat64/peer-protocol";
import type { Logger } from "pino";
import type { DrainReport, DrainRequest } from "../control/protocol.ts";
import type { DrainOrder, DrainProgress, DrainView } from "../thread/messages/draining.ts";
import type { PeerExitsStatus } from "../thread/messages/peer-exits.ts";
import { findExit, LOCAL } from "./find-exit.ts";

/** Milliseconds for resets to get out to clients, and for whoever watches to hear of the end. */
const AFTERWARDS = 1_500;

/** The rest of the daemon, as this needs it. */
export interface DrainingParts {
  /** Carries out an order, if there is one, and tells how far all is. */
  readonly ask: (order?: DrainOrder) => Promise<DrainView>;
  /** Whether there is a local exit. */
  readonly hasLocal: () => boolean;
  /** The peer exits; none where no coordinator is configured. */
  readonly exits: () => Promise<PeerExitsStatus["exits"]>;
  readonly log: Logger;
}

export class Draining {
  /** Settles when everything has drained. */
  readonly over: Promise<string>;
  readonly #parts: DrainingParts;
  #finish: (why: string) => void = () => {};

  constructor(parts: DrainingParts) {
    this.#parts = parts;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Lets everything, or an exit, drain. Rejects with a `ControlError` for an exit that is not there. */
  async drain({ exit: name, within }: DrainRequest): Promise<DrainReport> {
    const order = await this.#orderFor(name);
    const view = await this.#parts.ask({ target: order.target, within });
    this.#parts.log.info({ ...order.named, seconds: within }, name === undefined ? "draining" : "an exit drains");
    const sessions = sessionsOf(view, order.exit);
    return { ...order.named, endsIn: within, sessions, othersTakeClients: await this.#othersTakeClients(order, view) };
  }

  /** Takes it back. Rejects with a `ControlError` when it does not drain. */
  async cancel({ exit: name }: Pick<DrainRequest, "exit">): Promise<DrainReport> {
    const order = await this.#orderFor(name);
    const before = await this.#parts.ask();
    if (!(await this.#isDraining(order, before))) {
      throw new ControlError(
        "refused",
        name === undefined ? "nothing to cancel: v6peerd does not drain" : `${name} does not drain`,
      );
    }
    if (order.target === "all" && before.all?.state === "drained") {
      throw new ControlError("refused", "too late: everything has drained, and v6peerd ends");
    }
    const view = await this.#parts.ask({ target: order.target });
    this.#parts.log.info(order.named, name === undefined ? "not draining any more" : "an exit takes clients again");
    return { ...order.named, sessions: sessionsOf(view, order.exit), othersTakeClients: true };
  }

  /** How far it is. */
  view(): Promise<DrainView> {
    return this.#parts.ask();
  }

  /** The data path says that everything has drained. */
  async hear({ cutOff }: DrainProgress): Promise<void> {
    this.#parts.log.info({ sessionsCutOff: cutOff }, "drained");
    await sleep(AFTERWARDS, undefined, { ref: false });
    this.#finish("drained");
  }

  async #orderFor(name: string | undefined): Promise<NamedOrder> {
    if (name === undefined) return { target: "all", exit: undefined, named: {} };
    if (name === LOCAL) {
      if (!this.#parts.hasLocal()) throw new ControlError("refused", "there is no local exit");
      return { target: "local", exit: 0, named: { exit: LOCAL } };
    }
    const { exit, pair, peer } = findExit(await this.#parts.exits(), name);
    return { target: { pair }, exit, named: { exit: String(exit), peer: shortPeerId(peer) } };
  }

  async #isDraining({ target }: NamedOrder, view: DrainView): Promise<boolean> {
    if (target === "all") return view.all !== undefined;
    if (target === "local") return view.local !== undefined;
    return (await this.#parts.exits()).some((each) => each.pair === target.pair && each.drainEndsInMs !== undefined);
  }

  /** Whether new clients find another exit. */
  async #othersTakeClients({ target, exit }: NamedOrder, { local }: DrainView): Promise<boolean> {
    if (target === "all") return false;
    if (exit !== 0 && this.#parts.hasLocal() && local === undefined) return true;
    const isUp = ({ state, internet, isDraining }: PeerExitsStatus["exits"][number]): boolean =>
      (state === "up" || state === "suspect") && internet && !isDraining;
    return (await this.#parts.exits()).some((each) => each.exit !== exit && isUp(each));
  }
}

/** An order, the exit that it is about, and what the log and the operator are told of that. */
interface NamedOrder {
  readonly target: DrainOrder["target"];
  /** Undefined for all. */
  readonly exit: number | undefined;
  readonly named: Pick<DrainReport, "exit" | "peer">;
}

function sessionsOf({ openSessions }: DrainView, exit: number | undefined): number {
  return exit === undefined ? openSessions.reduce((sum, each) => sum + each, 0) : openSessions[exit];
}

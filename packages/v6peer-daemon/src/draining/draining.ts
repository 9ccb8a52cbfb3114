/** Draining in the main thread: carries out the operator's requests and ends the daemon when everything has drained. */
import { setTimeout as sleep } from "node:timers/promises";
import { ControlError } from "@nat64/daemon-kit/control";
import { shortPeerId } from "@nat64/peer-protocol";
import type { Logger } from "pino";
import type { DrainReport, DrainRequest } from "../control/protocol.ts";
import type { DrainOrder, DrainProgress, DrainView } from "../data-path/messages/draining.ts";
import type { PeerExitsStatus } from "../data-path/messages/peer-exits.ts";
import { findExit, LOCAL } from "./find-exit.ts";

/** Time for resets to reach clients, and for watching commands to see that the drain has ended. */
const LINGER_MS = 1_500;

/** The parts of the daemon that draining uses. */
export interface DrainingParts {
  /** Carries out an order, if given, and returns the state of all drains. */
  readonly ask: (order?: DrainOrder) => Promise<DrainView>;
  /** Whether there is a local exit. */
  readonly hasLocal: () => boolean;
  /** The peer exits; none if no coordinator is configured. */
  readonly exits: () => Promise<PeerExitsStatus["exits"]>;
  readonly log: Logger;
}

export class Draining {
  /** Resolves when everything has drained. */
  readonly over: Promise<string>;
  readonly #parts: DrainingParts;
  #finish: (why: string) => void = () => {};

  constructor(parts: DrainingParts) {
    this.#parts = parts;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Drains everything, or an exit. Rejects with a `ControlError` if the exit does not exist. */
  async drain({ exit: name, within }: DrainRequest): Promise<DrainReport> {
    const order = await this.#orderFor(name);
    const view = await this.#parts.ask({ target: order.target, within });
    this.#parts.log.info({ ...order.named, seconds: within }, name === undefined ? "draining" : "draining an exit");
    const sessions = sessionsOf(view, order.exit);
    return { ...order.named, endsIn: within, sessions, othersTakeClients: await this.#othersTakeClients(order, view) };
  }

  /** Cancels a drain. Rejects with a `ControlError` if there is none. */
  async cancel({ exit: name }: Pick<DrainRequest, "exit">): Promise<DrainReport> {
    const order = await this.#orderFor(name);
    const before = await this.#parts.ask();
    if (!(await this.#isDraining(order, before))) {
      throw new ControlError(
        "refused",
        name === undefined ? "nothing to cancel: v6peerd is not draining" : `${name} is not draining`,
      );
    }
    if (order.target === "all" && before.all?.state === "drained") {
      throw new ControlError("refused", "too late to cancel: everything has drained, and v6peerd is stopping");
    }
    const view = await this.#parts.ask({ target: order.target });
    this.#parts.log.info(order.named, name === undefined ? "drain cancelled" : "drain of an exit cancelled");
    return { ...order.named, sessions: sessionsOf(view, order.exit), othersTakeClients: true };
  }

  /** The state of all drains. */
  view(): Promise<DrainView> {
    return this.#parts.ask();
  }

  /** Called when everything has drained. */
  async onDrained({ cutOff }: DrainProgress): Promise<void> {
    this.#parts.log.info({ sessionsCutOff: cutOff }, "drained");
    await sleep(LINGER_MS, undefined, { ref: false });
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

  /** Whether another exit takes new clients. */
  async #othersTakeClients({ target, exit }: NamedOrder, { local }: DrainView): Promise<boolean> {
    if (target === "all") return false;
    if (exit !== 0 && this.#parts.hasLocal() && local === undefined) return true;
    const isUp = ({ state, internet, isDraining }: PeerExitsStatus["exits"][number]): boolean =>
      (state === "up" || state === "suspect") && internet && !isDraining;
    return (await this.#parts.exits()).some((each) => each.exit !== exit && isUp(each));
  }
}

/** An order with its exit, and the name of the exit for the log and the operator. */
interface NamedOrder {
  readonly target: DrainOrder["target"];
  /** `undefined` for everything. */
  readonly exit: number | undefined;
  readonly named: Pick<DrainReport, "exit" | "peer">;
}

function sessionsOf({ openSessions }: DrainView, exit: number | undefined): number {
  return exit === undefined ? openSessions.reduce((sum, each) => sum + each, 0) : openSessions[exit];
}

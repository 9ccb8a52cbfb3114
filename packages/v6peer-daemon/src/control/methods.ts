import { type BanRequest, banSchema, type ListedBan, type UnbanRequest, unbanSchema } from "@nat64/daemon-kit/bans";
import { type ControlMethods, method } from "@nat64/daemon-kit/control";
import type { SessionRecord } from "@nat64/nat64-engine";
import type { SharedPrefix } from "@nat64/peer-protocol";
import { z } from "zod";
import { type SetBandwidth, setBandwidthSchema } from "./bandwidth.ts";
import {
  type Answers,
  cancelDrainSchema,
  type DrainRequest,
  drainSchema,
  type SessionFilter,
  sessionFilterSchema,
} from "./protocol.ts";

/** The handlers of the requests. Each may throw a `ControlError`. */
export interface ControlHandlers {
  status(): Promise<Answers["status"]>;
  counters(): Promise<Answers["counters"]>;
  config(): Promise<Answers["config"]>;
  reload(): Promise<Answers["reload"]>;
  bandwidth(): Promise<Answers["bandwidth"]>;
  setBandwidth(order: SetBandwidth): Promise<Answers["set-bandwidth"]>;
  drain(request: DrainRequest): Promise<Answers["drain"]>;
  cancelDrain(request: Pick<DrainRequest, "exit">): Promise<Answers["cancel-drain"]>;
  ban(request: BanRequest): Promise<Answers["ban"]>;
  unban(request: UnbanRequest): Promise<Answers["unban"]>;
  /** Passes lists of bans to `emit`. */
  bans(emit: (bans: readonly ListedBan[]) => Promise<void>): Promise<Answers["bans"]>;
  /** Passes slices of rows to `emit` and waits for each. Stops when the client has hung up. */
  sessions(
    filter: SessionFilter,
    emit: (rows: readonly SessionRecord[]) => Promise<void>,
    hungUp: AbortSignal,
  ): Promise<Answers["sessions"]>;
  /** Passes the coordinator's shared prefixes to `emit`, page by page. */
  prefixes(emit: (page: readonly SharedPrefix[]) => Promise<void>, hungUp: AbortSignal): Promise<Answers["prefixes"]>;
}

const NOTHING = z.object({});

/** The methods of `v6peerd`. */
export function controlMethods(handlers: ControlHandlers): ControlMethods {
  return {
    status: method(NOTHING, () => handlers.status()),
    counters: method(NOTHING, () => handlers.counters()),
    config: method(NOTHING, () => handlers.config()),
    reload: method(NOTHING, () => handlers.reload()),
    bandwidth: method(NOTHING, () => handlers.bandwidth()),
    "set-bandwidth": method(setBandwidthSchema, (order) => handlers.setBandwidth(order)),
    drain: method(drainSchema, (request) => handlers.drain(request)),
    "cancel-drain": method(cancelDrainSchema, (request) => handlers.cancelDrain(request)),
    ban: method(banSchema, (request) => handlers.ban(request)),
    unban: method(unbanSchema, (request) => handlers.unban(request)),
    bans: method(NOTHING, (_, { emit }) => handlers.bans(emit)),
    sessions: method(sessionFilterSchema, (filter, { emit, hungUp }) => handlers.sessions(filter, emit, hungUp)),
    prefixes: method(NOTHING, (_, { emit, hungUp }) => handlers.prefixes(emit, hungUp)),
  };
}

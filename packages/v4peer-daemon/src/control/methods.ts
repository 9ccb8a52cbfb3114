import { type ControlMethods, method } from "@nat64/daemon-kit/control";
import { z } from "zod";
import { type Answers, type DrainRequest, drainSchema, type UnpairRequest, unpairSchema } from "./protocol.ts";

/** What answers the requests. Each may throw a `ControlError`. */
export interface ControlHandlers {
  status(): Promise<Answers["status"]>;
  reload(): Promise<Answers["reload"]>;
  drain(request: DrainRequest): Promise<Answers["drain"]>;
  unpair(request: UnpairRequest): Promise<Answers["unpair"]>;
}

/** The methods of `v4peer`. */
export function controlMethods(handlers: ControlHandlers): ControlMethods {
  return {
    status: method(z.object({}), () => handlers.status()),
    reload: method(z.object({}), () => handlers.reload()),
    drain: method(drainSchema, (request) => handlers.drain(request)),
    unpair: method(unpairSchema, (request) => handlers.unpair(request)),
  };
}

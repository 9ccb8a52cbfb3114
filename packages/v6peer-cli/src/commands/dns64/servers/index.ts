/** The servers that can be configured. */
import { bind } from "./bind.ts";
import { radvd } from "./radvd.ts";
import type { Dns64Server } from "./server.ts";
import { unbound } from "./unbound.ts";

export type { Dns64Plan, Dns64Server } from "./server.ts";

/** By name. */
export const SERVERS: Readonly<Record<Dns64Server["name"], Dns64Server>> = { unbound, bind, radvd };

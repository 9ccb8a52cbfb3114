/** `get-prefixes`: which prefixes are shared? */
import { MAX_SHARED_PREFIXES, makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { TIMES } from "../limits/limits.ts";
import { listPrefixes } from "../prefixes/shared-prefixes.ts";
import type { Handler } from "./handler.ts";

export const handleGetPrefixes: Handler<"get-prefixes"> = (context, { connection }, { after }) => {
  const { now, state } = context;
  if (now - connection.prefixesAskedAt < TIMES.prefixes) {
    return refuse(context, connection, makeError("too-fast", { regarding: "get-prefixes", retryAfter: 1 }));
  }
  connection.prefixesAskedAt = now;
  context.send(connection, { type: "prefixes", ...listPrefixes(state, after, MAX_SHARED_PREFIXES) });
};

/** `get-prefixes`: the peer asks for a page of the shared prefixes. */
import { MAX_SHARED_PREFIXES, makeError } from "@nat64/peer-protocol";
import { TIMES } from "../../limits/times.ts";
import { listPrefixes } from "../../reports/shared-prefixes.ts";
import type { Handler } from "./handler.ts";

export const handleGetPrefixes: Handler<"get-prefixes"> = (context, { connection }, { after }) => {
  const { now, state } = context;
  if (now - connection.prefixesAskedAt < TIMES.prefixesMs) {
    return makeError("too-fast", { regarding: "get-prefixes", retryAfter: 1 });
  }
  connection.prefixesAskedAt = now;
  context.send(connection.id, { type: "prefixes", ...listPrefixes(state, after, MAX_SHARED_PREFIXES) });
  return undefined;
};

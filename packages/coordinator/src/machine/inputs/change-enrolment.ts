/** The operator has changed who may enrol. */
import { makeError } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { sendError } from "../rules/connections/close.ts";
import { removePeer } from "../rules/peers/leave.ts";
import { Enrolment, type EnrolmentOptions } from "../state/enrolment.ts";

/** Puts new rules into effect, and removes the connected peers that they no longer allow. */
export function changeEnrolment(context: Context, options: EnrolmentOptions): void {
  context.enrolment = new Enrolment(options, context.options.suite);
  for (const connection of [...context.state.connections.values()]) {
    const { peer, invite } = connection;
    if (peer === undefined || context.enrolment.allows(peer.id, invite === undefined ? {} : { invite })) continue;
    sendError(context, connection, makeError("not-enrolled"));
    removePeer(context, peer);
  }
}

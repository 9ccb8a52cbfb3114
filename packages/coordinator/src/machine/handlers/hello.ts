/** `hello`: who is there? */
import {
  bytesOfBase64url,
  chooseVersion,
  type ErrorCode,
  type Hello,
  makeError,
  peerIdOf,
  VERSIONS,
  verifyHello,
} from "@nat64/peer-protocol";
import type { Connection } from "../connections/connection.ts";
import { refuse, sayGoodbye } from "../connections/farewell.ts";
import { watch } from "../connections/liveness.ts";
import type { Context } from "../context.ts";
import { findPeer, makePeer } from "../peers/find.ts";
import { giveUp } from "../peers/lose.ts";

export function handleHello(context: Context, connection: Connection, hello: Hello): void {
  const { options, state } = context;
  const id = peerIdOf(bytesOfBase64url(hello.identity), options.suite);
  const code = findFault(context, connection, hello, id);
  if (code !== undefined) {
    refuse(context, connection, makeError(code, { regarding: "hello", ...(code === "full" && { retryAfter: 60 }) }));
    return;
  }
  leaveOldConnection(context, id, hello);
  const peer = findPeer(state, id) ?? makePeer(context, hello.role, id, hello.identity);
  peer.connection = connection;
  peer.isDraining = false;
  connection.peer = peer;
  connection.invite = hello.invite;
  watch(context, connection);
  context.log("info", "peer connected", peer, { software: hello.software });
  context.send(connection, {
    type: "welcome",
    version: chooseVersion(VERSIONS, hello.versions) as number,
    features: [],
    peer: id,
    observed: connection.address,
    addresses: options.addresses,
    keepAlive: options.keepAlive,
    software: options.software,
  });
}

function findFault(context: Context, connection: Connection, hello: Hello, id: string): ErrorCode | undefined {
  const { options, state, enrolment } = context;
  if (chooseVersion(VERSIONS, hello.versions) === undefined) return "no-common-version";
  if (connection.exporter === undefined || !verifyHello(hello, connection.exporter, options.suite))
    return "bad-signature";
  if (!enrolment.allows(id, hello)) return "not-enrolled";
  const isFull = state.v6peers.size + state.v4peers.size >= options.limits.peers;
  return isFull && findPeer(state, id) === undefined ? "full" : undefined;
}

/** One identity has one connection, and one role. */
function leaveOldConnection(context: Context, id: string, { role }: Hello): void {
  const before = findPeer(context.state, id);
  if (before?.connection !== undefined) sayGoodbye(context, before.connection, "replaced");
  const known = findPeer(context.state, id);
  if (known !== undefined && known.role !== role) giveUp(context, known);
}

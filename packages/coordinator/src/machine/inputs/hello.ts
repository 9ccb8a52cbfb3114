/** `hello`: a peer identifies itself. */
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
import { RateLimiter } from "@nat64/teredo/limits";
import type { Context } from "../context.ts";
import { sendError, sendGoodbye } from "../rules/connections/close.ts";
import { watchSilence } from "../rules/connections/liveness.ts";
import { removePeer } from "../rules/peers/leave.ts";
import type { Connection } from "../state/connection.ts";
import { makePeer, type Peer } from "../state/peer.ts";

export function handleHello(context: Context, connection: Connection, hello: Hello): void {
  const { options, state, now } = context;
  const id = peerIdOf(bytesOfBase64url(hello.identity), options.suite);
  const code = findFault(context, connection, hello, id);
  if (code !== undefined) {
    const more = {
      ...(code === "full" && { retryAfter: 60 }),
      ...(code === "no-common-version" && { versions: VERSIONS }),
    };
    sendError(context, connection, makeError(code, { regarding: "hello", ...more }));
    return;
  }
  leaveOldConnection(context, id, hello);
  const peer = state.peers.find(id) ?? addPeer(context, hello, id);
  peer.connection = connection.id;
  peer.since = now;
  peer.software = hello.software;
  peer.isDraining = false;
  connection.peer = peer;
  state.strangers.remove(connection);
  connection.invite = hello.invite;
  watchSilence(context, connection);
  context.log("info", "peer connected", peer, { software: hello.software });
  context.send(connection.id, {
    type: "welcome",
    version: chooseVersion(VERSIONS, hello.versions) as number,
    features: [],
    peer: id,
    observed: connection.address,
    addresses: options.addresses,
    keepAlive: options.keepAliveSeconds,
    software: options.software,
  });
}

function findFault(context: Context, connection: Connection, hello: Hello, id: string): ErrorCode | undefined {
  const { options, state, enrolment } = context;
  if (chooseVersion(VERSIONS, hello.versions) === undefined) return "no-common-version";
  if (connection.exporter === undefined || !verifyHello(hello, connection.exporter, options.suite))
    return "bad-signature";
  if (!enrolment.allows(id, hello)) return "not-enrolled";
  const isFull = state.peers.size >= options.limits.peers;
  return isFull && state.peers.find(id) === undefined ? "full" : undefined;
}

/** One identity has one connection, and one role. */
function leaveOldConnection(context: Context, id: string, { role }: Hello): void {
  const { peers, connections } = context.state;
  const before = peers.find(id)?.connection;
  const old = before === undefined ? undefined : connections.get(before);
  if (old !== undefined) sendGoodbye(context, old, "replaced");
  const known = peers.find(id);
  if (known !== undefined && known.role !== role) removePeer(context, known);
}

function addPeer({ state, options }: Context, { role, identity }: Hello, id: string): Peer {
  const { bubblesPerSecondPerTarget: rate } = options.limits;
  const peer = makePeer(role, id, identity, new RateLimiter(rate));
  state.peers.add(peer);
  return peer;
}

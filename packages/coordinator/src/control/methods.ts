import { type Call, type ControlMethods, method } from "@nat64/daemon-kit/control";
import { z } from "zod";
import { type Answers, type PeerStatus, peersSchema } from "./protocol.ts";

/** Peers in one part of an answer: between two parts the coordinator does its other work. */
const PEERS_PER_PART = 100;

/** Answer the requests. Each may throw a `ControlError`. */
export interface ControlHandlers {
  status(): Answers["status"];
  /** All peers, sorted. @param withAddresses whether to include addresses, mappings and unlisted prefixes */
  peers(withAddresses: boolean): readonly PeerStatus[];
  reload(): Promise<Answers["reload"]>;
}

/** The methods of `nat64-coordinator`. */
export function controlMethods(handlers: ControlHandlers): ControlMethods {
  return {
    status: method(z.object({}), async () => handlers.status()),
    peers: method(peersSchema, ({ addresses }, call) => sendPeers(handlers.peers(addresses), call)),
    reload: method(z.object({}), () => handlers.reload()),
  };
}

async function sendPeers(peers: readonly PeerStatus[], { emit, hungUp }: Call): Promise<Answers["peers"]> {
  for (let sent = 0; sent < peers.length && !hungUp.aborted; sent += PEERS_PER_PART) {
    await emit(peers.slice(sent, sent + PEERS_PER_PART));
  }
  return { peers: peers.length };
}

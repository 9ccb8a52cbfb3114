/** Proofs of prefix (PROTOCOL.md §11): a nonce to each of three random addresses, three times. */
import {
  type ErrorMessage,
  emitPrefixProof,
  makeError,
  NONCE_LENGTH,
  PREFIX_PROOF_PORT,
  PREFIX_PROOFS,
  type RegisterV6,
} from "@nat64/peer-protocol";
import { compilePool, formatIPv4, type Pool } from "@nat64/rfc6052";
import type { Context } from "../../context.ts";
import { PROOF_REPEATS_MS, TIMES } from "../../limits/times.ts";
import type { PrefixChallenge, V6Peer } from "../../state/peer.ts";

/** Starts a proof, in place of one in progress. Returns an error if a limit forbids it. */
export function challengePrefix(context: Context, peer: V6Peer, registration: RegisterV6): ErrorMessage | undefined {
  const { options, state, counters, now } = context;
  const pool = compilePool(registration.prefix);
  const code = findLimit(context, peer, pool);
  if (code !== undefined) return makeError(code, { regarding: "register-v6", retryAfter: 5 });
  dropChallenge(context, peer);
  const proofs = Array.from({ length: PREFIX_PROOFS }, () => ({
    address: pool.embed(context.randomWord() & 0xffff, formatIPv4(context.randomWord())),
    nonce: options.suite.randomBytes(NONCE_LENGTH),
  }));
  const challenge: PrefixChallenge = { registration, proofs, startedAt: now, repeats: 0 };
  peer.challenge = challenge;
  state.challenges++;
  counters.challenges++;
  const { address: source, port: sourcePort } = options.proofSource;
  const within = TIMES.proveMs / 1000;
  context.send(peer.connection, { type: "challenge", prefix: registration.prefix, source, sourcePort, within });
  sendProofs(context, challenge);
  setTimer(context, peer, challenge);
  return undefined;
}

/** The limit that forbids another proof, if any. Its datagrams go where the peer said: not too many to one /48. */
function findLimit(context: Context, peer: V6Peer, { w0, w1 }: Pool): "full" | "too-fast" | undefined {
  const { state, options, rates, now } = context;
  if (peer.challenge === undefined && state.challenges >= options.limits.challenges) return "full";
  const isWithin = rates.challengesPerSite.allow(w0, w1 >> 16, now) && rates.challenges.allow(now);
  return isWithin ? undefined : "too-fast";
}

/** Sends the datagrams of a proof again, or ends it when its time is over. */
export function continueChallenge(context: Context, peer: V6Peer): void {
  const { challenge } = peer;
  if (challenge === undefined) return;
  if (challenge.repeats >= PROOF_REPEATS_MS.length) {
    dropChallenge(context, peer);
    return;
  }
  sendProofs(context, challenge);
  challenge.repeats++;
  setTimer(context, peer, challenge);
}

/** Ends a proof in progress, if there is one. */
export function dropChallenge(context: Context, peer: V6Peer): void {
  if (peer.challenge === undefined) return;
  peer.challenge = undefined;
  context.state.challenges--;
  context.timers.cancel("proof", peer);
}

function setTimer({ timers }: Context, peer: V6Peer, { startedAt, repeats }: PrefixChallenge): void {
  timers.set("proof", peer, startedAt + (PROOF_REPEATS_MS[repeats] ?? TIMES.proveMs));
}

function sendProofs(context: Context, { proofs }: PrefixChallenge): void {
  for (const [index, { address, nonce }] of proofs.entries()) {
    context.counters.proofDatagrams++;
    context.put({ kind: "proof", address, port: PREFIX_PROOF_PORT, bytes: emitPrefixProof({ index, nonce }) });
  }
}

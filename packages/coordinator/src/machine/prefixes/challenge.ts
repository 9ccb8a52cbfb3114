/** Proofs of prefix (PROTOCOL.md §11): a nonce to each of three random addresses, three times. */

import type { RegisterV6 } from "@nat64/peer-protocol";
import { emitPrefixProof, makeError, NONCE_LENGTH, PREFIX_PROOF_PORT, PREFIX_PROOFS } from "@nat64/peer-protocol";
import { compilePool, formatIPv4, type Pool } from "@nat64/rfc6052";
import { refuse } from "../connections/farewell.ts";
import type { Context } from "../context.ts";
import { PROOF_REPEATS, TIMES } from "../limits/limits.ts";
import type { PrefixChallenge, V6Peer } from "../peers/peer.ts";

/** Starts a proof, instead of one that may be under way. */
export function challengePrefix(context: Context, peer: V6Peer, registration: RegisterV6): void {
  const { options, state, counters, now } = context;
  const pool = compilePool(registration.prefix);
  const code = findLimit(context, peer, pool);
  if (code !== undefined) {
    refuse(context, peer.connection, makeError(code, { regarding: "register-v6", retryAfter: 5 }));
    return;
  }
  dropChallenge(context, peer);
  const proofs = Array.from({ length: PREFIX_PROOFS }, () => ({
    address: pool.embed(context.randomWord() & 0xffff, formatIPv4(context.randomWord())),
    nonce: options.suite.randomBytes(NONCE_LENGTH),
  }));
  const challenge: PrefixChallenge = { registration, proofs };
  peer.challenge = challenge;
  state.challenges++;
  counters.challenges++;
  const { address: source, port: sourcePort } = options.proofSource;
  const within = TIMES.prove / 1000;
  context.send(peer.connection, { type: "challenge", prefix: registration.prefix, source, sourcePort, within });
  sendProofs(context, challenge);
  repeatProofs(context, peer, challenge, now, 0);
}

/** Which limit stands against another proof. Its datagrams go where somebody said: not too many to one /48. */
function findLimit(context: Context, peer: V6Peer, { w0, w1 }: Pool): "full" | "too-fast" | undefined {
  const { state, options, now } = context;
  if (peer.challenge === undefined && state.challenges >= options.limits.challenges) return "full";
  return context.siteRate.take([w0, w1 >> 16], now) && context.challengeRate.take(now) ? undefined : "too-fast";
}

/** Ends a proof that is under way, if there is one. */
export function dropChallenge(context: Context, peer: V6Peer): void {
  if (peer.challenge === undefined) return;
  peer.challenge = undefined;
  context.state.challenges--;
  context.timers.cancel(`proof ${peer.id}`);
}

function repeatProofs(context: Context, peer: V6Peer, challenge: PrefixChallenge, start: number, done: number): void {
  const repeat: number | undefined = PROOF_REPEATS[done];
  if (repeat === undefined) {
    context.timers.set(`proof ${peer.id}`, start + TIMES.prove, () => dropChallenge(context, peer));
    return;
  }
  context.timers.set(`proof ${peer.id}`, start + repeat, () => {
    sendProofs(context, challenge);
    repeatProofs(context, peer, challenge, start, done + 1);
  });
}

function sendProofs(context: Context, { proofs }: PrefixChallenge): void {
  for (const [index, { address, nonce }] of proofs.entries()) {
    context.counters.proofDatagrams++;
    context.put({ kind: "proof", address, port: PREFIX_PROOF_PORT, bytes: emitPrefixProof({ index, nonce }) });
  }
}

/** A random peer: it does what it is told, whether that makes sense or not. */
import { bytesOfBase64url, type HeldPair, type Message, peerIdOf } from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import type { Line, World } from "./machine.ts";
import { bubbleTo, helloOf, registerV4, registerV6, solicitation, V4, V6 } from "./peers.ts";

const PREFIXES = ["2001:db8:1::/80", "2001:db8:2::/80"] as const;
const MAPPINGS = ["198.51.100.7:40000", "203.0.113.5:50000"] as const;

/** The actions of an actor. Those that lead further are listed several times. */
export const DEEDS = [
  ...["connect v6", "connect v4", "register", "register and prove", "register and prove", "prove", "solicit"],
  ...["answer", "answer", "answer", "decline", "unpair", "down", "down", "up", "drain", "shutdown", "cut"],
  ...["wait", "bubble", "mutate", "noise", "restart"],
] as const;

export interface Deed {
  readonly what: (typeof DEEDS)[number];
  /** Which of several, 0 … 7. */
  readonly which: number;
  readonly amount: number;
}

export class Actor {
  readonly name: string;
  peer: V6 | V4 | undefined;
  /** The other end of each pair, and its latest address; kept over connections and restarts. */
  readonly #ends: Map<string, string> = new Map();
  readonly #addresses: Map<string, string> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  act(world: World, { what, which, amount }: Deed): void {
    if (what === "connect v6") this.peer = new V6(world, this.name, PREFIXES[which % 2]);
    else if (what === "connect v4") this.peer = new V4(world, this.name, MAPPINGS[which % 2]);
    else if (what === "wait") world.wait(which < 6 ? amount / 50 : amount);
    const { peer } = this;
    if (peer === undefined || peer.line.isClosed) return;
    const pairs = this.#heldPairs(peer.line);
    if (what === "register") peer.say(registrationOf(peer, which, pairs));
    else if (what === "register and prove") registerAndProve(peer, which, pairs);
    else if (what === "prove" && peer instanceof V6) peer.prove(Math.max(0, world.proofs.length - 3));
    else if (what === "solicit" && peer instanceof V4) solicit(peer, MAPPINGS[which % 2]);
    else if (what === "answer") this.#answer(peer);
    else if (what === "drain") peer.say({ type: "drain", within: which });
    else if (what === "shutdown") peer.say({ type: "goodbye", reason: which % 2 === 0 ? "shutdown" : "restart" });
    else if (what === "cut") world.cut(peer.line);
    else if (what === "mutate") mutate(peer, which, amount);
    else if (what === "noise") peer.say({ type: peer.line.inbox.at(-1)?.type ?? "x", [`${amount}`]: amount });
    else if (pairs.length > 0) actOn(peer, pairs[which % pairs.length], what, which);
  }

  #heldPairs({ inbox }: Line): HeldPair[] {
    for (const message of inbox) if (message.type === "pair") this.#addresses.set(message.pair, message.address);
    return [...this.#addresses]
      .slice(-4)
      .map(([pair, address]) => ({ pair, address, peer: this.#ends.get(pair) ?? "a".repeat(32) }));
  }

  #answer(peer: V6 | V4): void {
    for (const message of peer.line.inbox.splice(0)) {
      if (message.type === "propose" && peer instanceof V6) {
        this.#ends.set(message.pair, idOf(message.identity));
        peer.offer(message);
      } else if (message.type === "offer" && peer instanceof V4) {
        this.#ends.set(message.pair, idOf(message.from));
        peer.accept(message);
      } else {
        peer.line.inbox.push(message);
      }
    }
  }
}

/** The coordinator forgets everything; its peers reconnect with the pairs that they hold. */
export function restart(world: World, actors: readonly Actor[]): void {
  world.restart();
  for (const [which, actor] of actors.entries()) {
    if (actor.peer === undefined) continue;
    actor.act(world, { what: actor.peer instanceof V6 ? "connect v6" : "connect v4", which, amount: 0 });
    actor.act(world, { what: "register and prove", which, amount: 0 });
  }
}

function registrationOf(peer: V6 | V4, which: number, pairs: readonly HeldPair[]): Message {
  return peer instanceof V6 ? registerV6(PREFIXES[which % 2], { pairs }) : registerV4({ pairs });
}

function registerAndProve(peer: V6 | V4, which: number, pairs: readonly HeldPair[]): void {
  const before = peer.world.proofs.length;
  peer.say(registrationOf(peer, which, pairs));
  if (peer instanceof V4) solicit(peer, MAPPINGS[which % 2]);
  else if (peer.world.proofs.length > before) peer.prove(before);
}

function solicit(peer: V4, mapping: string): void {
  const message = peer.line.inbox.findLast(({ type }) => type === "solicit");
  if (message?.type !== "solicit") return;
  peer.solicit = message;
  const before = peer.world.datagrams.length;
  peer.world.datagram(mapping, solicitation(message));
  if (peer.world.datagrams.length > before) peer.map(mapping);
}

function actOn(peer: V6 | V4, { pair, address }: HeldPair, what: Deed["what"], which: number): void {
  if (what === "decline") peer.say({ type: "decline", pair, reason: "full", retryAfter: which });
  else if (what === "unpair") peer.say({ type: "unpair", pair, reason: "operator" });
  else if (what === "down" || what === "up") {
    peer.say({ type: "path", pair, address, state: what, ...(which > 4 && { yields: true }) });
  } else if (what === "bubble") peer.world.datagram("203.0.113.9:3545", bubbleTo(address));
}

/** A valid message with one value replaced. */
function mutate(peer: V6 | V4, which: number, amount: number): void {
  const good = [
    helloOf(peer.role, peer.identity, peer.line.exporter),
    registerV6(PREFIXES[0]),
    registerV4(),
    { type: "prove", prefix: PREFIXES[0], nonces: [] },
    { type: "mapped", address: "198.51.100.7", port: 1, nonce: "A".repeat(22), nat: "cone" },
    { type: "path", pair: "A".repeat(22), address: "::1", state: "up" },
    { type: "drain", within: 7 },
    { type: "get-prefixes", after: PREFIXES[1] },
  ][which] as Record<string, unknown>;
  const keys = Object.keys(good);
  const wrong = [null, -1, "", "x".repeat(amount % 300), [], {}, true, 1e300, undefined][amount % 9];
  peer.say({ ...good, [keys[amount % keys.length]]: wrong });
}

function idOf(identity: string): string {
  return peerIdOf(bytesOfBase64url(identity), nodeSuite);
}

/** Scripted peers: they send the messages of a peer when the test tells them to. */
import { createHash } from "node:crypto";
import {
  type Accept,
  fromBase64url,
  type Hello,
  type MessageOf,
  makeEphemeralKeys,
  type Offer,
  openAdvertisementValue,
  parsePrefixProof,
  type RegisterV4,
  type RegisterV6,
  type Role,
  SOLICITATION_PADDING_LENGTH,
  signAccept,
  signHello,
  signOffer,
  solicitationValue,
  toBase64url,
} from "@nat64/peer-protocol";
import { type Identity, identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { bytesOf, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { decodeDatagram, encodeDatagram, makeBubble, makeRouterSolicitation } from "@nat64/teredo";
import { type Line, take, type World } from "./machine.ts";

/** The same identity for the same name. */
export function identityOf(name: string): Identity {
  return identityOfSeed(new Uint8Array(createHash("sha256").update(name).digest()));
}

export function helloOf(role: Role, identity: Identity, exporter: Uint8Array, more: Partial<Hello> = {}): Hello {
  const fields = { role, versions: { lowest: 1, highest: 1 }, features: [], identity: toBase64url(identity.publicKey) };
  return { ...signHello(fields, exporter, identity.sign), ...more };
}

export function registerV6(prefix: string, more: Partial<RegisterV6> = {}): RegisterV6 {
  return {
    type: "register-v6",
    prefix,
    relay: "builtin",
    listed: true,
    abuse: "abuse@example.net",
    exits: 4,
    wants: [],
    onlyWanted: false,
    pairs: [],
    ...more,
  };
}

export function registerV4(more: Partial<RegisterV4> = {}): RegisterV4 {
  return {
    type: "register-v4",
    internet: true,
    publishes: false,
    maxPairs: 4,
    wants: [],
    onlyWanted: false,
    pairs: [],
    ...more,
  };
}

/** A Router Solicitation with the secrets of `solicit`. */
export function solicitation(
  { token, key }: Pick<MessageOf<"solicit">, "token" | "key">,
  nonce = 1,
  source = "fe80::ffff:ffff:ffff",
  padding: number = SOLICITATION_PADDING_LENGTH,
): Uint8Array {
  const secrets = { token: fromBase64url(token)!, key: fromBase64url(key)!, nonce: new Uint8Array(8).fill(nonce) };
  const authentication = {
    clientIdentifier: secrets.token,
    authenticationValue: solicitationValue(secrets, nodeSuite.hmacSha256),
    nonce: secrets.nonce,
    confirmation: 0,
  };
  return encodeDatagram({ authentication, packet: makeRouterSolicitation(bytesOf(parseIPv6(source)), padding) });
}

/** The mapping nonce in an answer, verified; throws if there is none. */
export function mappingNonceIn(bytes: Uint8Array, { token, key }: MessageOf<"solicit">, nonce = 1): string {
  const decoded = decodeDatagram(bytes);
  if (!("datagram" in decoded)) throw new Error("no datagram");
  const { authentication, origin } = decoded.datagram;
  const secrets = { token: fromBase64url(token)!, key: fromBase64url(key)!, nonce: new Uint8Array(8).fill(nonce) };
  const opened = openAdvertisementValue(authentication!.authenticationValue, secrets, origin!, nodeSuite.hmacSha256);
  return toBase64url(opened!);
}

/** A bubble of a relay. */
export function bubbleTo(address: string, source = "fe80::1234:5678:9abc:def0"): Uint8Array {
  return encodeDatagram({ packet: makeBubble(bytesOf(parseIPv6(source)), bytesOf(parseIPv6(address))) });
}

abstract class ScriptedPeer {
  readonly world: World;
  readonly identity: Identity;
  readonly role: Role;
  line: Line;

  constructor(world: World, role: Role, name: string, address: string) {
    this.world = world;
    this.role = role;
    this.identity = identityOf(name);
    this.line = world.connect(address);
    this.hello();
  }

  get id(): string {
    return this.identity.peerId;
  }

  hello(): void {
    this.say(helloOf(this.role, this.identity, this.line.exporter));
  }

  say(message: object): void {
    this.world.send(this.line, message);
  }

  /** A new connection, and hello on it. */
  reconnect(address = "2001:db8:1::1"): void {
    this.line = this.world.connect(address);
    this.hello();
  }
}

export class V6 extends ScriptedPeer {
  readonly prefix: string;

  constructor(world: World, name: string, prefix: string, address = "2001:db8:1::1") {
    super(world, "v6peer", name, address);
    this.prefix = prefix;
  }

  /** Registers and proves. */
  register(more: Partial<RegisterV6> = {}): this {
    const before = this.world.proofs.length;
    this.say(registerV6(this.prefix, more));
    this.prove(before);
    return this;
  }

  /** Sends the nonces of the three proofs after the first `before`. */
  prove(before: number): void {
    const nonces = this.world.proofs
      .slice(before, before + 3)
      .map(({ bytes }) => toBase64url(parsePrefixProof(bytes)!.nonce));
    this.say({ type: "prove", prefix: this.prefix, nonces });
  }

  /** Answers a proposal. */
  offer(propose: MessageOf<"propose">, more: Partial<Offer> = {}): Offer {
    const offer = signOffer(
      {
        pair: propose.pair,
        from: toBase64url(this.identity.publicKey),
        to: propose.identity,
        prefix: this.prefix,
        selector: 42,
        pinnedInternet: false,
        ephemeral: makeEphemeralKeys(nodeSuite).publicKey,
      },
      this.identity.sign,
    );
    this.say({ ...offer, ...more });
    return offer;
  }
}

export class V4 extends ScriptedPeer {
  mapping: string;
  solicit: MessageOf<"solicit"> | undefined;

  /** @param mapping `address:port` */
  constructor(world: World, name: string, mapping: string) {
    super(world, "v4peer", name, mapping.split(":")[0]);
    this.mapping = mapping;
  }

  /** Registers, solicits and proves the mapping. */
  register(more: Partial<RegisterV4> = {}): this {
    this.say(registerV4(more));
    this.solicit = take(this.line, "solicit");
    this.map();
    return this;
  }

  /** Solicits and returns the nonce. */
  map(mapping: string = this.mapping): void {
    this.mapping = mapping;
    this.world.datagram(mapping, solicitation(this.solicit!));
    const [address, port] = mapping.split(":");
    const answer = this.world.datagrams.at(-1)!;
    if (answer.address !== parseIPv4(address) || answer.port !== Number(port)) throw new Error("no answer");
    const nonce = mappingNonceIn(answer.bytes, this.solicit!);
    this.say({ type: "mapped", address, port: Number(port), nonce, nat: "port-restricted" });
  }

  accept(offer: Offer, more: Partial<Accept> = {}): Accept {
    const terms = {
      ports: { first: 20_480, last: 24_575 },
      policy: { internet: true, services: [] },
      pinnedInternet: false,
      ephemeral: makeEphemeralKeys(nodeSuite).publicKey,
    };
    const accept = signAccept(offer, terms, this.identity.sign);
    this.say({ ...accept, ...more });
    return accept;
  }
}

/** Makes both ends agree on the proposed pair; returns its id and address. */
export function agree(v6: V6, v4: V4): { readonly pair: string; readonly address: string } {
  const proposal = v6.line.inbox.find(
    (message) => message.type === "propose" && message.identity === toBase64url(v4.identity.publicKey),
  );
  if (proposal === undefined) throw new Error(`no proposal, but ${JSON.stringify(v6.line.inbox)}`);
  v6.line.inbox.splice(v6.line.inbox.indexOf(proposal), 1);
  v6.offer(proposal as MessageOf<"propose">);
  v4.accept(take(v4.line, "offer"));
  const { pair, address } = take(v4.line, "pair");
  take(v6.line, "accept");
  take(v6.line, "pair");
  return { pair, address };
}

/** A registered pair of peers. */
export function makePair(world: World): { v6: V6; v4: V4; pair: string; address: string } {
  const v6 = new V6(world, "six", "2001:db8:64::/80").register();
  const v4 = new V4(world, "four", "198.51.100.7:40000").register();
  return { v6, v4, ...agree(v6, v4) };
}

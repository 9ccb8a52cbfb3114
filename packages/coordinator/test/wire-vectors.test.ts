/** Whole datagrams from the other implementation (peer-protocol/test/vectors/make-vectors.py), byte for byte. */
import { readFileSync } from "node:fs";
import { solicitationValue } from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import { bytesOf, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { decodeDatagram, encodeDatagram, makeBubble, makeRouterSolicitation, TeredoServer } from "@nat64/teredo";
import { describe, expect, it } from "vitest";
import { typesIn, World } from "./support/machine.ts";
import { makePair } from "./support/peers.ts";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../peer-protocol/test/vectors/${name}.json`, import.meta.url), "utf8"));
const wire = read("wire") as Readonly<Record<string, string>> & {
  readonly notAnswered: readonly { readonly defect: string; readonly udp: string }[];
};
const secrets = read("solicitation") as Readonly<Record<string, string>>;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const address = (text: string): Uint8Array => bytesOf(parseIPv6(text));

const SECRETS = { token: unhex(secrets.token), key: unhex(secrets.key), nonce: unhex(secrets.nonce) };
const VALUE = solicitationValue(SECRETS, nodeSuite.hmacSha256);
const TEREDO = address("2001:0:c000:201:2866:63bf:39cc:9bf8");
const RELAY_NONCE = address("fe80::6d1f:3c02:99a8:7e41");

/** The coordinator's Teredo server, with the mapping nonce of the vectors. */
function server(): TeredoServer {
  return new TeredoServer({
    address: parseIPv4("192.0.2.1"),
    hasSecondSocket: true,
    own: [{ address: parseIPv4("192.0.2.1"), port: 3544 }],
    isGlobalUnicast: () => true,
    hashKey: [1, 2],
    answersNoShorter: true,
    authenticate: ({ authenticationValue }) =>
      hex(authenticationValue) === hex(VALUE) ? unhex(secrets.advertisementValue) : undefined,
  });
}
const answerTo = (udp: string) => server().receiveDatagram(0, parseIPv4("198.51.100.7"), 40_000, unhex(udp), 0);

describe("a Router Solicitation", () => {
  const authentication = {
    clientIdentifier: SECRETS.token,
    authenticationValue: VALUE,
    nonce: SECRETS.nonce,
    confirmation: 0,
  };

  it.each([
    ["solicitation", "fe80::ffff:ffff:ffff"],
    ["coneSolicitation", "fe80::8000:ffff:ffff:ffff"],
  ])("is that of the vectors: %s", (name, source) => {
    const packet = makeRouterSolicitation(address(source), 56);
    expect(hex(encodeDatagram({ authentication, packet }))).toBe(wire[name]);
  });

  it("is answered with the Router Advertisement of the vectors, which is not longer", () => {
    const [answer] = answerTo(wire.solicitation);
    if (answer?.kind !== "datagram") throw new Error("no answer");
    expect(hex(answer.bytes)).toBe(wire.advertisement);
    expect(wire.advertisement.length).toBe(wire.solicitation.length);
    const decoded = decodeDatagram(answer.bytes);
    expect(decoded.ok && decoded.datagram.authentication?.clientIdentifier.length).toBe(0);
  });

  it.each(wire.notAnswered)("or bubble is not answered: $defect", ({ udp }) => {
    const outputs = answerTo(udp);
    // The server does not know which addresses were assigned; the coordinator's machine does.
    if (outputs[0]?.kind !== "bubble") expect(outputs).toEqual([]);
    const world = new World();
    const { v4 } = makePair(world);
    typesIn(v4.line);
    world.datagrams.length = 0;
    world.datagram("203.0.113.9:3545", unhex(udp));
    expect([world.datagrams, typesIn(v4.line)]).toEqual([[], []]);
  });
});

describe("a bubble", () => {
  it("is that of the vectors, from the relay and to it", () => {
    expect(hex(makeBubble(RELAY_NONCE, TEREDO))).toBe(wire.bubbleFromRelay);
    expect(hex(makeBubble(TEREDO, RELAY_NONCE))).toBe(wire.bubbleToRelay);
    expect(answerTo(wire.bubbleFromRelay)).toMatchObject([{ kind: "bubble" }]);
  });
});

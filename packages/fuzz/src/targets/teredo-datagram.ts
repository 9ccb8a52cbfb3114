/** UDP payloads of the Teredo service (RFC 4380 §5.1.1), and what they carry. */
import {
  checkTeredoBytes,
  DatagramView,
  datagramOf,
  decodeDatagram,
  encodeDatagram,
  isBubble,
  isRouterSolicitation,
  makeBubble,
  makeRouterAdvertisement,
  makeRouterSolicitation,
  parseDatagram,
  parseRouterAdvertisement,
  parseTeredoAddress,
} from "@nat64/teredo";
import { address, concat, ipv6, PROTOCOL, udp } from "../packets/build.ts";
import { mustHold, type Target } from "../target.ts";

const MAX_BYTES = 1500;
/** Bytes around the datagram, which the parser must not read as part of it. */
const MARGIN = 64;

const client = address("2001:0:c633:6401:8000:63bf:3fff:fdd2");
const server = address("2001:db8:64::1");
const local = address("fe80::1");
const authentication = {
  clientIdentifier: Uint8Array.of(1, 2, 3),
  authenticationValue: new Uint8Array(16).fill(9),
  nonce: new Uint8Array(8).fill(7),
  confirmation: 0,
};
const origin = { address: 0x01020304, port: 40_000 };
const packet = ipv6({
  source: "2001:0:c633:6401:8000:63bf:3fff:fdd2",
  destination: "2001:db8:64::198.51.100.2",
  protocol: PROTOCOL.udp,
  payload: udp(40_000, 53),
});
const bubble = makeBubble(client, server);

const view = new DatagramView();
const surrounded = new Uint8Array(MARGIN + MAX_BYTES + MARGIN).fill(0x60);

export const target: Target = {
  maxBytes: MAX_BYTES,
  seeds: [
    packet,
    bubble,
    encodeDatagram({ origin, packet: bubble }),
    encodeDatagram({ authentication, origin, packet: bubble }),
    encodeDatagram({ authentication, packet: makeRouterSolicitation(local, 16) }),
    encodeDatagram({
      authentication,
      origin,
      packet: makeRouterAdvertisement(local, local, { server: 0x01020304, mtu: 1280 }),
    }),
    concat(bubble, [4, 4, 1, 2, 3, 4], [1, 0]),
  ],
  run(input) {
    const decoded = decodeDatagram(input);
    surrounded.set(input, MARGIN);
    const fault = parseDatagram(surrounded, MARGIN, MARGIN + input.length, view);
    mustHold(decoded.ok === (fault === 0), "the bytes around a datagram do not matter");
    if (!decoded.ok) return;
    const { datagram } = decoded;
    const there = datagramOf(surrounded, view);
    mustHold(isEqual(datagram.packet, there.packet), "the packet is found at its place");
    const again = encodeDatagram(datagram);
    mustHold(isEqual(again, input.subarray(0, again.length)), "a datagram without trailers is encoded as it was");
    readPacket(datagram.packet);
  },
};

function readPacket(bytes: Uint8Array): void {
  isBubble(bytes, 0);
  isRouterSolicitation(bytes, 0);
  parseRouterAdvertisement(bytes, 0);
  checkTeredoBytes(bytes, 8, () => true);
  parseTeredoAddress(bytes, 24);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/**
 * UDP payloads of real programs, captured with tcpdump between a Miredo 1.2.6 client (45.0.2.30), its miredo-server
 * (45.0.2.20 and .21) and a Miredo relay (45.0.2.10) from Debian 12, in network namespaces. The native host is
 * 2a01:db9:1::2.
 */
import { ipv4 } from "./vectors.ts";

/** Bytes from hexadecimal digits. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A captured datagram. */
export interface Captured {
  readonly what: string;
  readonly from: number;
  readonly port: number;
  readonly bytes: Uint8Array;
}

function captured(what: string, from: string, port: number, digits: string): Captured {
  return { what, from: ipv4(from), port, bytes: hex(digits) };
}

/** The client solicits its server (authentication encapsulation without key, then Router Solicitation). */
export const SOLICITATION: Captured = captured(
  "Router Solicitation",
  "45.0.2.30",
  34971,
  "00010000d2b797aebfdaf6e100" +
    "6000000000083afffe800000000000000000ffffffffffffff020000000000000000000000000002" +
    "85007d3700000000",
);

/** The server's answer (authentication encapsulation, origin indication, Router Advertisement). */
export const ADVERTISEMENT: Captured = captured(
  "Router Advertisement",
  "45.0.2.20",
  3544,
  "00010000d2b797aebfdaf6e100" +
    "00007764d2fffde1" +
    "6000000000383afffe800000000000008000f227d2fffdebfe800000000000000000ffffffffffff" +
    "8600954c0000000000000000000007d0" +
    "03044040ffffffffffffffff00000000200100002d0002140000000000000000" +
    "0501000000000500",
);

/** The relay's bubble to the client's server: the source is its nonce. */
export const INDIRECT_BUBBLE: Captured = captured(
  "indirect bubble of the relay",
  "45.0.2.10",
  51226,
  "6000000000003b00fe80000000000000d0febca0990c20a2200100002d0002142cd47764d2fffde1",
);

/** The same bubble, forwarded to the client by the server. */
export const FORWARDED_BUBBLE: Captured = captured(
  "bubble forwarded by the server",
  "45.0.2.20",
  3544,
  "000037e5d2fffdf56000000000003b00fe80000000000000d0febca0990c20a2200100002d0002142cd47764d2fffde1",
);

/** The client's answer to the relay. */
export const ANSWER_BUBBLE: Captured = captured(
  "direct bubble of the client",
  "45.0.2.30",
  34971,
  "6000000000003b00200100002d0002142cd47764d2fffde1fe80000000000000d0febca0990c20a2",
);

/** A packet that the relay had queued. */
export const RELAYED_ECHO: Captured = captured(
  "Echo Request from the native host",
  "45.0.2.10",
  51226,
  "6002c77300103a3f2a010db9000100000000000000000002200100002d0002142cd47764d2fffde1" +
    "80002abd170a00014200000000000000",
);

/** The client tests connectivity to the native host through its server (RFC 4380 §5.2.9). */
export const CONNECTIVITY_TEST: Captured = captured(
  "connectivity test of the client",
  "45.0.2.30",
  34971,
  "60000000001a3a80200100002d0002142cd47764d2fffde12a010db9000100000000000000000002" +
    "80001a4c16dd5bcd6b0411b109ca69fa44b60c04094ef66db5d7",
);

/** The native host's answer, through the relay. */
export const TEST_REPLY: Captured = captured(
  "Echo Reply to the connectivity test",
  "45.0.2.10",
  51226,
  "600d80b1001a3a3f2a010db9000100000000000000000002200100002d0002142cd47764d2fffde1" +
    "8100194c16dd5bcd6b0411b109ca69fa44b60c04094ef66db5d7",
);

/** The client's answer to the Echo Request, directly to the relay. */
export const CLIENT_REPLY: Captured = captured(
  "Echo Reply of the client",
  "45.0.2.30",
  34971,
  "600d80b100103a40200100002d0002142cd47764d2fffde12a010db9000100000000000000000002" +
    "810029bd170a00014200000000000000",
);

export const CAPTURED: readonly Captured[] = [
  SOLICITATION,
  ADVERTISEMENT,
  INDIRECT_BUBBLE,
  FORWARDED_BUBBLE,
  ANSWER_BUBBLE,
  RELAYED_ECHO,
  CONNECTIVITY_TEST,
  TEST_REPLY,
  CLIENT_REPLY,
];

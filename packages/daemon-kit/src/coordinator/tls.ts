/** The TLS connection to the coordinator: TLS 1.3, our ALPN name, authenticated by CA and name or by a pin (PROTOCOL.md §2). */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { ALPN_PROTOCOL } from "@nat64/peer-protocol";
import { pinOf } from "@nat64/peer-protocol/node";
import { explainError } from "../system/index.ts";

/** Where the coordinator is, and how it is authenticated. */
export interface CoordinatorAddress {
  readonly host: string;
  readonly port: number;
  /** `sha256//…` of its certificate's public key; then no CA is asked. */
  readonly pin?: string | undefined;
  /** File with the certificates of a CA in PEM; the system's when left out. */
  readonly ca?: string | undefined;
  /** The family to connect by, where the name has addresses of both. */
  readonly family?: 4 | 6;
}

/** OpenSSL codes for a certificate that no trusted CA has signed. */
const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The pin must not come from the connection itself, which proves nothing. */
const WHAT_TO_DO =
  "no CA that this host trusts has signed the coordinator's certificate. Ask its operator for the output of " +
  '"nat64-coordinator --print-pin" and set coordinator.pin (v4peer: --pin), or ask for its CA and set coordinator.ca (v4peer: --ca)';

/**
 * Connects. `ready` is called once the other side is known to be the coordinator, `failed` once for whatever ends the
 * connection, with a sentence; there is no sentence after an ordinary end.
 */
export function connectTls(
  address: CoordinatorAddress,
  ready: (socket: TLSSocket) => void,
  failed: (reason: string | undefined) => void,
): TLSSocket {
  const { host, port, pin, ca, family } = address;
  let reason: string | undefined;
  const socket = connect({
    host,
    port,
    ALPNProtocols: [ALPN_PROTOCOL],
    minVersion: "TLSv1.3",
    // RFC 6066 §3: no addresses as server name.
    ...(isIP(host) === 0 && { servername: host, ...(family !== undefined && { family }) }),
    ...(pin === undefined ? { ...(ca !== undefined && { ca: readFileSync(ca) }) } : { rejectUnauthorized: false }),
  });
  socket.setNoDelay(true);
  socket.on("error", (error: NodeJS.ErrnoException) => {
    reason ??= UNKNOWN_ISSUER.has(error.code ?? "") ? `${error.message}: ${WHAT_TO_DO}` : explainError(error);
  });
  socket.on("close", () => failed(reason));
  socket.on("secureConnect", () => {
    reason = refuse(socket, pin);
    if (reason === undefined) ready(socket);
    else socket.destroy();
  });
  return socket;
}

/** Why the other side is not the coordinator, or nothing. */
function refuse(socket: TLSSocket, pin: string | undefined): string | undefined {
  if (socket.alpnProtocol !== ALPN_PROTOCOL) {
    return `the program at this port is not a coordinator: it does not speak ${ALPN_PROTOCOL}`;
  }
  if (pin === undefined) return undefined;
  const certificate = socket.getPeerX509Certificate();
  const found = certificate === undefined ? "no certificate" : pinOf(certificate);
  return found === pin
    ? undefined
    : `the coordinator's key does not match the pin; its pin is ${found}. Ask its operator which one is right`;
}

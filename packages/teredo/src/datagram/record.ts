/**
 * Converts a Teredo datagram to a record and back, for use outside the packet path. {@link encodeDatagram} reverses
 * {@link decodeDatagram}, except that it writes no trailers.
 */
import { set16, set32 } from "@nat64/rfc6052/bytes";
import { type DatagramFault, datagramFault } from "./faults.ts";
import {
  AUTHENTICATION,
  AUTHENTICATION_FIELD_MAXIMUM,
  AUTHENTICATION_ID,
  AUTHENTICATION_ID_LENGTH,
  AUTHENTICATION_MINIMUM,
  AUTHENTICATION_VALUE_LENGTH,
  NONCE_LENGTH,
  ORIGIN,
  ORIGIN_ADDRESS,
  ORIGIN_LENGTH,
  ORIGIN_PORT,
} from "./layout.ts";
import { DatagramView, parseDatagram } from "./view.ts";

/** The authentication encapsulation (RFC 4380 §5.1.1). */
export interface Authentication {
  /** 0 … 255 bytes that identify the client. */
  readonly clientIdentifier: Uint8Array;
  /** 0 … 255 bytes that prove the client's identity. */
  readonly authenticationValue: Uint8Array;
  /** Eight random bytes of the client, repeated in the answer. */
  readonly nonce: Uint8Array;
  /** Non-zero if the server wants the client to get a new key. */
  readonly confirmation: number;
}

/** The origin indication (RFC 4380 §5.1.1), not inverted. */
export interface Origin {
  /** IPv4 address that the server saw, an int32 word. */
  readonly address: number;
  /** UDP port that the server saw, 0 … 65535. */
  readonly port: number;
}

/** The contents of a Teredo datagram. */
export interface Datagram {
  readonly authentication?: Authentication;
  readonly origin?: Origin;
  /** The IPv6 packet with its header. */
  readonly packet: Uint8Array;
}

/** A datagram or its fault. */
export type DecodedDatagram =
  | { readonly ok: true; readonly datagram: Datagram }
  | { readonly ok: false; readonly fault: DatagramFault };

/** Reads a UDP payload. The record's arrays are views of `bytes`. */
export function decodeDatagram(bytes: Uint8Array): DecodedDatagram {
  const view = new DatagramView();
  const fault = parseDatagram(bytes, 0, bytes.length, view);
  return fault === 0 ? { ok: true, datagram: datagramOf(bytes, view) } : { ok: false, fault: datagramFault(fault) };
}

/** Creates the record of a datagram that was parsed into `view` without a fault. */
export function datagramOf(bytes: Uint8Array, view: DatagramView): Datagram {
  const packet = bytes.subarray(view.packetAt, view.packetAt + view.packetLength);
  return {
    ...(view.authenticated && { authentication: authenticationOf(bytes, view) }),
    ...(view.hasOrigin && { origin: { address: view.originAddress, port: view.originPort } }),
    packet,
  };
}

function authenticationOf(bytes: Uint8Array, view: DatagramView): Authentication {
  return {
    clientIdentifier: bytes.subarray(view.clientIdentifierAt, view.authenticationValueAt),
    authenticationValue: bytes.subarray(view.authenticationValueAt, view.nonceAt),
    nonce: bytes.subarray(view.nonceAt, view.nonceAt + NONCE_LENGTH),
    confirmation: view.confirmation,
  };
}

/**
 * Writes a UDP payload.
 *
 * @throws RangeError if an authentication field has an impossible length, which is a programming error
 */
export function encodeDatagram({ authentication, origin, packet }: Datagram): Uint8Array {
  const authenticationLength = authentication === undefined ? 0 : lengthOf(authentication);
  const originLength = origin === undefined ? 0 : ORIGIN_LENGTH;
  const out = new Uint8Array(authenticationLength + originLength + packet.length);
  if (authentication !== undefined) emitAuthentication(authentication, out);
  if (origin !== undefined) emitOrigin(origin, out, authenticationLength);
  out.set(packet, authenticationLength + originLength);
  return out;
}

function lengthOf({ clientIdentifier, authenticationValue, nonce }: Authentication): number {
  const longest = Math.max(clientIdentifier.length, authenticationValue.length);
  if (longest > AUTHENTICATION_FIELD_MAXIMUM || nonce.length !== NONCE_LENGTH) {
    throw new RangeError(
      "The client identifier and the authentication value must have at most 255 bytes, the nonce exactly 8.",
    );
  }
  return AUTHENTICATION_MINIMUM + clientIdentifier.length + authenticationValue.length;
}

function emitAuthentication(authentication: Authentication, out: Uint8Array): void {
  const { clientIdentifier, authenticationValue, nonce, confirmation } = authentication;
  const valueAt = AUTHENTICATION_ID + clientIdentifier.length;
  const nonceAt = valueAt + authenticationValue.length;
  set16(out, 0, AUTHENTICATION);
  out[AUTHENTICATION_ID_LENGTH] = clientIdentifier.length;
  out[AUTHENTICATION_VALUE_LENGTH] = authenticationValue.length;
  out.set(clientIdentifier, AUTHENTICATION_ID);
  out.set(authenticationValue, valueAt);
  out.set(nonce, nonceAt);
  out[nonceAt + NONCE_LENGTH] = confirmation;
}

function emitOrigin(origin: Origin, out: Uint8Array, at: number): void {
  set16(out, at, ORIGIN);
  set16(out, at + ORIGIN_PORT, ~origin.port);
  set32(out, at + ORIGIN_ADDRESS, ~origin.address);
}

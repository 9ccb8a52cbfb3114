/** Fields that several files have. */
import { isIP } from "node:net";
import { isPin } from "@nat64/peer-protocol/node";
import { parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import type { z } from "zod";
import { EXPECTED, matching, oneOf, text } from "./fields.ts";

/** How much is logged; a level has all that are behind it. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** `log.level`. */
export function logLevel(): z.ZodEnum<{ [Level in LogLevel]: Level }> {
  return oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]);
}

/** Where to listen. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * `address:port`, an IPv6 address in brackets, or `localhost:port`; `undefined` for anything else. Throws an
 * `AddressError` for an address that is none.
 */
export function parseListen(value: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)|(localhost)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[4]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1] ?? match[2] ?? "localhost";
  if (match[1] !== undefined) parseIPv6(host);
  if (match[2] !== undefined) parseIPv4(host);
  return { host, port };
}

/** An address and port to listen on. @param example the port that the message shows */
export function listenAddress(example: number): z.ZodString {
  return matching(listenText(example), (value) => parseListen(value) !== undefined);
}

/** The same, or `off`: then `parseListen` finds nothing. */
export function listenAddressOrOff(example: number): z.ZodString {
  const what = `${listenText(example)}, or "off"`;
  return matching(what, (value) => value === "off" || parseListen(value) !== undefined);
}

/** The id of a peer. */
export function peerId(): z.ZodString {
  return matching("a peer id: 32 characters a to z and 2 to 7", /^[a-z2-7]{32}$/);
}

/** The name of a TUN device, or of another interface. */
export function deviceName(): z.ZodString {
  const what = 'a name for a network interface: 1 to 15 letters, digits, "-" and "_"';
  return matching(what, /^[A-Za-z0-9][A-Za-z0-9_-]{0,14}$/);
}

/** The path of a file or directory. @param what with its article */
export function absolutePath(what: string): z.ZodString {
  return matching(`the absolute path of ${what}`, (value) => value.startsWith("/"));
}

/** The path of a Unix socket. */
export function socketPath(): z.ZodString {
  return text("the absolute path of a Unix socket", (value) => {
    if (!value.startsWith("/")) return `${EXPECTED}an absolute path`;
    // sun_path of struct sockaddr_un holds 108 bytes with the final zero (unix(7)).
    return Buffer.byteLength(value) > 107 ? "the path of a Unix socket has at most 107 bytes" : undefined;
  });
}

/** From 1 to `most` printable ASCII characters. @param what with its article */
export function printable(what: string, most: number): z.ZodString {
  return matching(`${what}, at most ${most} printable characters`, (value) => isPrintable(value, 1, most));
}

/** The invite that a coordinator asks for, of `least` to 128 characters. It is a secret: no message shows it. */
export function invite(least: number): z.ZodString {
  return text("an invite", (value) => {
    return isPrintable(value, least, 128) ? undefined : `an invite has ${least} to 128 printable ASCII characters`;
  });
}

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*\.?$/;

/** A host name or an IP address. */
export function hostName(): z.ZodString {
  return text("a host name or an IP address", (value) =>
    isIP(value) !== 0 || HOST_NAME.test(value)
      ? undefined
      : `${JSON.stringify(value)} is neither a host name nor an IP address`,
  );
}

/** The pin of a public key, see `pinOf`. */
export function pin(): z.ZodString {
  return matching(
    "the SHA-256 of a public key, sha256// and 44 characters of base64, as the coordinator prints it",
    isPin,
  );
}

function isPrintable(value: string, least: number, most: number): boolean {
  return value.length >= least && value.length <= most && /^[\x20-\x7e]*$/.test(value);
}

function listenText(port: number): string {
  return `an address and port such as "127.0.0.1:${port}" or "[::1]:${port}"`;
}

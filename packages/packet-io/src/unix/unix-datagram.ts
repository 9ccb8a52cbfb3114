import { ioError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";

interface UnixFunctions {
  unixSend(path: string, text: string): number;
}

/**
 * Sends one datagram of text to a unix socket (unix(7)), which Node itself cannot: systemd and others take notifications
 * that way. Does not wait for a receiver that is behind.
 *
 * @param path of the socket; one that begins with "@" is in the abstract namespace
 * @param text without NUL, less than 4096 bytes as UTF-8
 * @throws PacketIoError `ERR_PACKET_IO_SYSTEM` when nobody is there, or the system refuses; `ERR_PACKET_IO_PLATFORM`; `ERR_PACKET_IO_ADDON`.
 */
export function sendUnixDatagram(path: string, text: string): void {
  const error = addon<UnixFunctions>().unixSend(path, text);
  if (error < 0) throw ioError(`sending to ${path}`, error);
}

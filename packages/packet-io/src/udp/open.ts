import { isIPv4 } from "node:net";
import { errnoName, ioError, PacketIoError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";
import { type UdpHandle, UdpSocket } from "./udp-socket.ts";

interface UdpOpenFunctions {
  udpOpen(
    address: Uint8Array,
    port: number,
    merge: number,
    receiveBuffer: number,
    sendBuffer: number,
    result: Int32Array,
  ): undefined;
}

/** How to open a UDP socket. */
export interface UdpOptions {
  /** The local IPv4 address; default `0.0.0.0`, all of them. */
  readonly address?: string;
  /** The local port; default 0, the system picks one. */
  readonly port?: number;
  /** Let the kernel merge consecutive datagrams of a flow into one message (UDP_GRO, Linux 5.0). Default true. */
  readonly merge?: boolean;
  /** Bytes of the kernel's receive buffer. Beyond the system's limit only with CAP_NET_ADMIN. */
  readonly receiveBuffer?: number;
  /** Bytes of the kernel's send buffer. Beyond the system's limit only with CAP_NET_ADMIN. */
  readonly sendBuffer?: number;
}

/**
 * Opens a UDP socket.
 *
 * @throws PacketIoError `ERR_PACKET_IO_ARGUMENT`, `ERR_PACKET_IO_ADDRESS`, `ERR_PACKET_IO_PERMISSION`, `ERR_PACKET_IO_PLATFORM`, `ERR_PACKET_IO_ADDON`,
 * `ERR_PACKET_IO_SYSTEM`.
 */
export function openUdpSocket(options: UdpOptions = {}): UdpSocket {
  const { address = "0.0.0.0", port = 0, merge = true, receiveBuffer = 0, sendBuffer = 0 } = options;
  if (!isIPv4(address))
    throw new PacketIoError("ERR_PACKET_IO_ARGUMENT", "a UDP socket needs an IPv4 address such as 192.0.2.1");
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) {
    throw new PacketIoError("ERR_PACKET_IO_ARGUMENT", "a UDP port is an integer from 0 to 65535");
  }
  const result = new Int32Array(3);
  addon<UdpOpenFunctions>().udpOpen(
    Uint8Array.from(address.split("."), Number),
    port,
    merge ? 1 : 0,
    receiveBuffer,
    sendBuffer,
    result,
  );
  const [fd, localPort, merges] = result;
  if (fd < 0) throw openError(address, port, -fd);
  return new UdpSocket({ fd, address, port: localPort, merges: merges !== 0 }, true);
}

/** A socket that someone else opened and will close, usually another thread. Counters are its own. */
export function borrowUdpSocket(handle: UdpHandle): UdpSocket {
  return new UdpSocket(handle, false);
}

function openError(address: string, port: number, errno: number): PacketIoError {
  const system = errnoName(errno);
  switch (system) {
    case "EADDRINUSE":
      return new PacketIoError(
        "ERR_PACKET_IO_ADDRESS",
        `UDP port ${port} of ${address} is taken by another socket`,
        system,
      );
    case "EADDRNOTAVAIL":
      return new PacketIoError("ERR_PACKET_IO_ADDRESS", `${address} is not an address of this host`, system);
    case "EACCES":
    case "EPERM":
      return new PacketIoError(
        "ERR_PACKET_IO_PERMISSION",
        `this user may not open UDP port ${port}: take one from 1024 on`,
        system,
      );
    default:
      return ioError("opening a UDP socket", -errno);
  }
}

/** Datagrams to unix sockets. */
export { sendUnixDatagram } from "./unix-datagram.ts";

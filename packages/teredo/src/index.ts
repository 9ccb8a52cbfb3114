/** Teredo (RFC 4380), sans-IO: addresses and datagrams. */
export {
  emitTeredoAddress,
  isTeredo,
  parseTeredoAddress,
  readFlags,
  readMappedAddress,
  readMappedPort,
  readServer,
  TEREDO_ADDRESS_LENGTH,
  type TeredoAddress,
} from "./address.ts";
export {
  checkTeredoAddress,
  checkTeredoBytes,
  type IPv4Predicate,
  TEREDO_FAULTS,
  type TeredoFault,
} from "./address-check.ts";
export { isBubble, makeBubble } from "./datagram/bubble.ts";
export { DatagramFault, datagramFault, describeDatagramFault } from "./datagram/faults.ts";
export { TEREDO_MTU } from "./datagram/ipv6.ts";
export {
  type Authentication,
  type Datagram,
  type DecodedDatagram,
  datagramOf,
  decodeDatagram,
  encodeDatagram,
  type Origin,
} from "./datagram/record.ts";
export {
  makeRouterAdvertisement,
  parseRouterAdvertisement,
  type RouterAdvertisement,
} from "./datagram/router-advertisement.ts";
export { isRouterSolicitation, makeRouterSolicitation } from "./datagram/router-solicitation.ts";
export { DatagramView, parseDatagram } from "./datagram/view.ts";
export { CONE_FLAG, isCone, makeFlags, randomBits, UG_FLAGS } from "./flags.ts";

/** Teredo (RFC 4380), sans-IO: addresses, datagrams, and the machines of a relay, a server and a client. */
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
export { type ClientCounters, TeredoClient } from "./client/client.ts";
export type { ClientOptions } from "./client/options.ts";
export type {
  BubbleArrived,
  ClientOutput,
  Mapped,
  MappingBehaviour,
  MappingBehaviourFound,
  Refused,
  ServerSilent,
} from "./client/outputs.ts";
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
export { DROP_REASONS, type DropCounters, type DropReason } from "./drops.ts";
export { type Endpoint, TEREDO_PORT } from "./endpoint.ts";
export { CONE_FLAG, isCone, makeFlags, randomBits, UG_FLAGS } from "./flags.ts";
export type { DeliverPacket, SendDatagram } from "./outputs.ts";
export type { RelayOptions } from "./relay/options.ts";
export { NO_PEER } from "./relay/peer-table.ts";
export { type RelayCounters, type RelayOutput, TeredoRelay } from "./relay/relay.ts";
export type { RelayPeer } from "./relay/relay-peer.ts";
export type { IPv6Prefix } from "./relay/served-prefixes.ts";
export type { AuthenticationRequest, ServerOptions, ServerSocket } from "./server/options.ts";
export {
  type ForwardBubble,
  type SendAdvertisement,
  type ServerCounters,
  type ServerOutput,
  type ServerOutputs,
  TeredoServer,
} from "./server/server.ts";

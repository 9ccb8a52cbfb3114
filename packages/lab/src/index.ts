/** Real hosts in network namespaces, and the demo, tests and benchmarks that use them. */
export { Capture, type CapturePoint, type Sighting } from "./capture/capture.ts";
export { type Journey, journeyOfConnection } from "./capture/journey.ts";
export { CommandFailed, type CommandOptions, type Outcome } from "./netns/command.ts";
export { Host, type LinkCounters } from "./netns/host.ts";
export { Lab, type LinkEnd } from "./netns/lab.ts";
export { HostProcess } from "./netns/process.ts";
export { keptRuns, removeLeftovers, removeRun } from "./netns/remove.ts";
export { type CoordinatorOptions, type RunningCoordinator, startCoordinator } from "./programs/coordinator.ts";
export type { RunningDaemon } from "./programs/daemon.ts";
export {
  type MiredoRelayMode,
  type RunningMiredo,
  type RunningMiredoClient,
  startMiredoClient,
  startMiredoRelay,
  startMiredoServer,
} from "./programs/miredo.ts";
export { type Named, type NamedOptions, prepareNamed } from "./programs/named.ts";
export { prepareUnbound, type Unbound, type UnboundOptions } from "./programs/unbound.ts";
export { type RunningV4Peer, startV4Peer, V4PEER, type V4PeerOptions } from "./programs/v4peer.ts";
export { type RunningV6Peer, startV6Peer, V6PEER, V6PEERD, type V6PeerOptions } from "./programs/v6peer.ts";
export { type AddressPlan, documentation, global } from "./topology/addresses.ts";
export { type Anchored, buildChain, type ChainLink } from "./topology/chain.ts";
export type { Home, V4PeerHost } from "./topology/home.ts";
export type { LocalTopology } from "./topology/local.ts";
export { moreClients } from "./topology/more-clients.ts";
export { changeMapping, type HomeNatPreset, type NatOptions } from "./topology/nat.ts";
export { buildPeer, type PeerOptions, type PeerTopology, type V6PeerHost } from "./topology/peer.ts";
export {
  type PeerPlan,
  peerDocumentation,
  peerGlobal,
  type V4PeerNumbers,
  type V6PeerNumbers,
} from "./topology/peer-addresses.ts";
export { addResolver, type ResolverHost } from "./topology/resolver.ts";
export { addStranger, type Stranger } from "./topology/stranger.ts";
export { type BulkOptions, type BulkResult, bulk } from "./traffic/bulk.ts";
export { type ConnectionsResult, connections } from "./traffic/connections.ts";
export { type Conversation, converse } from "./traffic/control.ts";
export { type BlastResult, blast, type PingPongLimits, type PingPongResult, pingPong } from "./traffic/datagrams.ts";
export { type DnsAnswer, queryAaaa, runWithResolver } from "./traffic/dns.ts";
export { tcpConnect } from "./traffic/tcp-client.ts";
export { monotonicNow, startEchoServer, Ticker } from "./traffic/ticker.ts";
export { Transfer, type TransferOptions } from "./traffic/transfer.ts";
export { sendForgedUdp, sendUdp, type UdpAnswer } from "./traffic/udp.ts";
export { startWebServer, urlOf } from "./traffic/web.ts";
export { kernel } from "./translators/kernel.ts";
export { none } from "./translators/none.ts";
export { type OursOptions, ours, type RunningOurs } from "./translators/ours.ts";
export { kernelHops } from "./translators/peer/kernel.ts";
export { miredo } from "./translators/peer/miredo.ts";
export { exitsOf, oursOver, type PeerPathOptions, pathsUp, type RunningPeerPath } from "./translators/peer/ours.ts";
export { type RunningPeerTopology, startPeer } from "./translators/peer/start-peer.ts";
export type { PeerTranslator } from "./translators/peer/translator.ts";
export { type LocalOptions, type RunningLocalTopology, startLocal } from "./translators/start-local.ts";
export { tayga } from "./translators/tayga.ts";
export type { RunningTranslator, Translator } from "./translators/translator.ts";

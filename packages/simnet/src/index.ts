/** A seeded simulated network with virtual time: hosts, links, NATs and their failures. */
export type { CrashKind, Host, HostOptions, IPv6Handler } from "./host/host.ts";
export type { DatagramHandler, UdpSocket } from "./host/udp-socket.ts";
export { type Dependence, NAT_PRESETS, type NatBehaviour, type NatPreset } from "./nat/behaviour.ts";
export type { Nat } from "./nat/nat.ts";
export type { NatOptions } from "./nat/options.ts";
export type { Link } from "./network/link.ts";
export type { LinkDirection } from "./network/link-direction.ts";
export type { BothWaysOptions, LinkOptions } from "./network/link-options.ts";
export type { Network } from "./network/network.ts";
export type { Statistics } from "./observe/counters.ts";
export { DROP_REASONS, type DropReason } from "./observe/drop-reasons.ts";
export type { Address, IPv6Prefix } from "./packet/addresses.ts";
export { Random } from "./random/random.ts";
export { type LinkStatistics, Simulation, type SimulationOptions } from "./simulation.ts";
export { SimulationError, type SimulationErrorCode } from "./simulation-error.ts";
export type { Accept, CloseReason, Stream, StreamEnds, StreamHandlers } from "./stream/stream.ts";
export type { StreamOptions } from "./stream/stream-layer.ts";
export type { PeriodicTimer, Timer, TimerAction } from "./time/timer.ts";

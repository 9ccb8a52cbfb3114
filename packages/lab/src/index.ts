/** Real hosts in network namespaces, and what demo, tests and bench do with them. */
export { CommandFailed, type CommandOptions, type Outcome } from "./netns/command.ts";
export { Host, type LinkCounters } from "./netns/host.ts";
export { Lab, type LinkEnd } from "./netns/lab.ts";
export { HostProcess } from "./netns/process.ts";
export { keptRuns, removeLeftovers, removeRun } from "./netns/remove.ts";
export { type AddressPlan, documentation, global } from "./topology/addresses.ts";
export { type Anchored, buildChain, type ChainLink } from "./topology/chain.ts";
export { type LocalOptions, type LocalTopology, type RunningLocalTopology, startLocal } from "./topology/local.ts";
export { type BulkOptions, type BulkResult, bulk } from "./traffic/bulk.ts";
export { type ConnectionsResult, connections } from "./traffic/connections.ts";
export { type BlastResult, blast, type PingPongLimits, type PingPongResult, pingPong } from "./traffic/datagrams.ts";
export { tcpConnect } from "./traffic/tcp-client.ts";
export { startWebServer, urlOf } from "./traffic/web.ts";
export { kernel } from "./translators/kernel.ts";
export { none } from "./translators/none.ts";
export { type OursOptions, ours, type RunningOurs } from "./translators/ours.ts";
export { tayga } from "./translators/tayga.ts";
export type { RunningTranslator, Translator } from "./translators/translator.ts";

import { lookup } from "node:dns/promises";
import { mkdirSync } from "node:fs";
import { isIPv4 } from "node:net";
import { dirname } from "node:path";
import { parseListen } from "@nat64/daemon-kit/config";
import { ControlServer, isAnswered } from "@nat64/daemon-kit/control";
import { CoordinatorLink } from "@nat64/daemon-kit/coordinator";
import { HostSetup } from "@nat64/daemon-kit/host";
import { type HttpServer, serveMetrics } from "@nat64/daemon-kit/metrics";
import type { OwnEnd, RunnableDaemon } from "@nat64/daemon-kit/program";
import { openUdpSocket, type UdpSocket } from "@nat64/packet-io/udp";
import { choosePortBlocks, type Lost, type V4PeerEvent } from "@nat64/peer-machines";
import { type PortBlock, shortPeerId, type Welcome } from "@nat64/peer-protocol";
import { type Identity, loadIdentity } from "@nat64/peer-protocol/node";
import { formatIPv4, parseIPv4 } from "@nat64/rfc6052";
import { openTun, type Tun } from "@nat64/tun";
import type { Logger } from "pino";
import { AuditRecorder } from "./audit-log/recorder.ts";
import type { ConfigFile } from "./config/file.ts";
import { findPair } from "./control/find-pair.ts";
import { controlMethods } from "./control/methods.ts";
import type { DrainReport, DrainRequest, Status, UnpairReport, UnpairRequest } from "./control/protocol.ts";
import { DataPath } from "./datapath/data-path.ts";
import type { DataPathOptions, DataPathView } from "./datapath/messages.ts";
import { Draining } from "./draining.ts";
import { isTrouble, SENTENCES } from "./events.ts";
import type { LocalService } from "./host/firewall.ts";
import { type HostPlan, planSetup, UNDO } from "./host/plan.ts";
import { usedPorts } from "./host/ports.ts";
import { findFreeNetwork, findWayOut, onLinkNetworks, ownAddresses, type WayOut } from "./host/routes.ts";
import { v4peerRegistry } from "./metrics.ts";
import { hasPolicy, localServices, protocolPolicy, publishedRows, refusedRows } from "./policy/exit-policy.ts";
import { publicAddress } from "./policy/public-address.ts";
import { VERSION } from "./version.ts";

/** Where things are kept. */
export interface Paths {
  /** PEM file with the private key. */
  readonly identity: string;
  /** The control socket. */
  readonly socket: string;
  /** Directory of the audit log; left out, none is kept. */
  readonly auditLog?: string;
}

/**
 * Bytes of the UDP socket's buffers. With the system's 208 KB one transfer at full speed lost a tenth of what it sent
 * (docs/performance.md).
 */
const SOCKET_BUFFER = 4 * 1024 * 1024;

/** The IPv4 peer: everything that runs, in the order in which it starts; it stops in reverse. */
export class Daemon implements RunnableDaemon {
  readonly #config: ConfigFile;
  readonly #paths: Paths;
  readonly #log: Logger;
  readonly #setup: HostSetup;
  readonly #startedAt: Date = new Date();
  readonly #forwards: boolean;
  readonly #draining: Draining = new Draining();
  #identity: Identity | undefined;
  #udp: UdpSocket | undefined;
  #tun: Tun | undefined;
  #wayOut: WayOut | undefined;
  #services: readonly LocalService[] = [];
  #dataPath: DataPath | undefined;
  #link: CoordinatorLink | undefined;
  #control: ControlServer | undefined;
  #metrics: HttpServer | undefined;
  #auditLog: AuditRecorder | undefined;
  #lost: string | undefined;

  constructor(config: ConfigFile, paths: Paths, log: Logger) {
    this.#config = config;
    this.#paths = paths;
    this.#log = log;
    this.#forwards = hasPolicy(config.exit);
    this.#setup = new HostSetup(`${paths.socket}.setup`, {
      program: "v4peer",
      undo: UNDO,
      observer: {
        applied: (what) => log.debug({ what }, "set up"),
        undone: (kind) => log.debug({ kind }, "undone"),
        undoFailed: (kind, reason) => log.error({ kind, reason }, "could not undo"),
      },
    });
  }

  /** Starts everything. When it rejects, all that was started is stopped and undone. */
  async start(): Promise<{ readonly ended: Promise<OwnEnd> }> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Says goodbye, stops everything and leaves the host as it was. Never rejects; may be called at any time. */
  async stop(): Promise<void> {
    this.#draining.stop();
    await this.#metrics?.close();
    await this.#control?.close();
    await this.#link?.stop();
    this.undoSetup();
    await this.#auditLog?.stop();
    await this.#dataPath?.stop();
    this.#tun?.close();
    this.#udp?.close();
    this.#metrics = this.#control = this.#link = this.#dataPath = this.#tun = this.#udp = undefined;
  }

  /** Only the part of {@link Daemon.stop} that must not be left out even when the process is dying. Never throws. */
  undoSetup(): void {
    this.#setup.undo();
  }

  /** Undoes what a run that was killed has left; returns the number of steps. Throws when another one is running. */
  recover(): number {
    return this.#setup.recover();
  }

  /** Asks the data path: how many pairs there are. Rejects when it does not answer. */
  async lookAlive(): Promise<string> {
    const { pairs } = (await this.#look()).peer;
    const coordinator = this.#link?.status.state === "open" ? "connected" : "not connected";
    return `${pairs.length} pairs; ${coordinator} to ${this.#config.coordinator.host}`;
  }

  get summary(): Readonly<Record<string, unknown>> {
    return { peerId: this.#peerId, internet: this.#config.exit.internet };
  }

  get #peerId(): string {
    return this.#identity?.peerId ?? "";
  }

  /** Takes no more pairs, lets what runs go on for a while, and ends. */
  async drain({ within }: DrainRequest): Promise<DrainReport> {
    const { pairs } = (await this.#look()).peer;
    this.#log.info({ seconds: within, pairs: pairs.length }, "draining");
    this.#dataPath?.drain(within);
    this.#draining.begin(pairs.length === 0 ? 0 : within);
    return { endsIn: this.#draining.endsIn ?? 0, pairs: pairs.length };
  }

  /** Ends the pair with one IPv6 peer. Rejects with a `ControlError` when there is none. */
  async unpair({ peer: name, within }: UnpairRequest): Promise<UnpairReport> {
    const { id, peer, prefix } = findPair((await this.#look()).peer.pairs, name);
    this.#log.info({ peer: shortPeerId(peer), seconds: within }, "a pair is to end");
    if (within === 0) this.#dataPath?.unpair(id);
    else this.#dataPath?.drain(within, id);
    return { peer, prefix, within };
  }

  /** How everything is. */
  async status(): Promise<Status> {
    if (this.#dataPath === undefined) throw new Error("the data path is not running");
    const view = await this.#dataPath.look();
    const { host, port } = this.#config.coordinator;
    return {
      version: VERSION,
      pid: process.pid,
      startedAt: this.#startedAt.toISOString(),
      peerId: this.#peerId,
      coordinator: {
        host,
        port,
        connected: this.#link?.status.state === "open",
        ...(this.#lost !== undefined && { lost: this.#lost }),
      },
      forwards: this.#forwards,
      ...(this.#auditLog !== undefined && { auditLog: this.#auditLog.status }),
      ...(this.#draining.endsIn !== undefined && { endsIn: this.#draining.endsIn }),
      udpPort: this.#udp?.port ?? 0,
      ...(this.#wayOut !== undefined && { wayOut: this.#wayOut }),
      published: view.peer.pairs.flatMap((pair) =>
        this.#services.map((service) => publicAddress(pair.prefix, pair.selector, service)),
      ),
      ...view,
    };
  }

  async #start(): Promise<{ readonly ended: Promise<OwnEnd> }> {
    const { host, coordinator, metrics } = this.#config;
    mkdirSync(dirname(this.#paths.identity), { recursive: true, mode: 0o700 });
    this.#identity = loadIdentity(this.#paths.identity);
    // First of all: it refuses when another one runs, before anything is touched.
    this.#control = await this.#listenForControl(this.#paths.socket);
    if (this.#setup.recover() > 0) this.#log.warn("undid what a crashed run had left");
    this.#udp = openUdpSocket({ port: host["udp-port"], receiveBuffer: SOCKET_BUFFER, sendBuffer: SOCKET_BUFFER });
    this.#wayOut = await this.#findWayOut();
    const { blocks, network } = this.#forwards ? this.#setUpHost() : NOTHING;
    this.#dataPath = await DataPath.start(this.#dataPathOptions(blocks, network), {
      say: (message) => this.#link?.send(message),
      happened: (event) => this.#hear(event),
    });
    this.#auditLog = this.#startAuditLog();
    const listen = metrics.listen === "off" ? undefined : parseListen(metrics.listen);
    if (listen !== undefined)
      this.#metrics = await serveMetrics(
        listen,
        v4peerRegistry(() => this.#look()),
      );
    this.#link = new CoordinatorLink(
      {
        role: "v4peer",
        // Over IPv4 where there is a choice: so the coordinator sees the NAT's address.
        address: { ...coordinator, family: 4 },
        identity: this.#identity,
        software: `v4peer ${VERSION}`,
        invite: coordinator.invite,
      },
      {
        opened: (welcome) => this.#opened(welcome),
        message: (message) => this.#dataPath?.hear(message),
        lost: (lost) => this.#hearLoss(lost),
        unusable: (code) => this.#log.warn({ code }, "the coordinator said something that could not be used"),
      },
    );
    this.#link.start();
    return { ended: Promise.race([this.#dataPath.ended, this.#draining.over]) };
  }

  async #listenForControl(path: string): Promise<ControlServer> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if (await isAnswered(path)) throw new Error(`another v4peer answers at ${path}: stop it, or choose another socket`);
    const methods = controlMethods({
      status: () => this.status(),
      drain: (request) => this.drain(request),
      unpair: (request) => this.unpair(request),
    });
    return ControlServer.listen(path, methods);
  }

  /** What forwards nothing has nothing to keep. */
  #startAuditLog(): AuditRecorder | undefined {
    const { auditLog } = this.#paths;
    if (auditLog === undefined || !this.#forwards) return undefined;
    const source = { look: () => this.#look(), ownAddress: () => this.#wayOut?.address };
    return new AuditRecorder(this.#config, auditLog, source, this.#log);
  }

  #look(): Promise<DataPathView> {
    return this.#dataPath?.look() ?? Promise.reject(new Error("the data path is not running"));
  }

  /** The device and address that packets leave by: to the coordinator, or by the device that the owner has named. */
  async #findWayOut(): Promise<WayOut | undefined> {
    const { coordinator, host } = this.#config;
    try {
      const to = isIPv4(coordinator.host) ? coordinator.host : (await lookup(coordinator.host, 4)).address;
      const found = findWayOut(to);
      return host["way-out"] === undefined ? found : { ...found, device: host["way-out"] };
    } catch (error) {
      // Without anything to forward it only means that a missing NAT cannot be told from one.
      if (this.#forwards) throw new Error(`cannot find the way out: ${(error as Error).message}`, { cause: error });
      return undefined;
    }
  }

  #setUpHost(): { readonly blocks: readonly PortBlock[]; readonly network: number } {
    const { exit, host } = this.#config;
    const wayOut = this.#wayOut as WayOut;
    const blocks = choosePortBlocks(exit["max-pairs"], exit["ports-per-pair"], usedPorts(this.#udp?.port ?? 0));
    if (blocks.length === 0) {
      const size = exit["ports-per-pair"];
      throw new Error(`this host has no ${size} ports in a row to spare: lower exit.ports-per-pair`);
    }
    if (blocks.length < exit["max-pairs"]) {
      this.#log.warn({ pairs: blocks.length }, "not enough free ports for exit.max-pairs: fewer pairs are taken");
    }
    this.#services = localServices(exit, wayOut.address);
    const network = findFreeNetwork();
    this.#tun = openTun({ name: host.interface, offloads: "tcp" });
    const devices = exit.networks.map((each) => findWayOut(each.network.split("/")[0]).device);
    const plan: HostPlan = {
      device: this.#tun.name,
      waysOut: [...new Set([wayOut.device, ...devices])],
      masquerade: blocks.map((ports, place) => ({ local: formatIPv4((network.first + place) | 0), ports })),
      services: this.#services,
      network: network.text,
    };
    const withoutTimeouts = () => this.#log.warn("this kernel has no ct timeout: idle UDP is forgotten early");
    this.#setup.apply(planSetup(plan, withoutTimeouts));
    return { blocks, network: network.first };
  }

  #dataPathOptions(blocks: readonly PortBlock[], firstLocal: number): Omit<DataPathOptions, "eventFd"> {
    const { exit, peers, lab, host } = this.#config;
    const udp = this.#udp as UdpSocket;
    const policy = protocolPolicy(exit, this.#services);
    const own = this.#forwards ? ownAddresses() : [];
    const refusedBlocks = [
      ...own.map((address) => `${address}/32`),
      ...(this.#forwards ? onLinkNetworks(host.interface) : []),
    ];
    return {
      ...(this.#tun !== undefined && { tun: this.#tun.handle }),
      udp: udp.handle,
      identityPath: this.#paths.identity,
      lab,
      ...(this.#wayOut !== undefined && { local: { address: parseIPv4(this.#wayOut.address), port: udp.port } }),
      firstLocal,
      policy,
      pinnedInternet: exit["pinned-internet"],
      published: publishedRows(policy),
      refused: refusedRows(exit),
      refusedBlocks,
      ownAddresses: own.map(parseIPv4),
      ...(exit.bandwidth !== undefined && { bandwidth: exit.bandwidth }),
      blocks,
      wants: peers.wants,
      onlyWanted: peers["only-wanted"],
      pins: Object.entries(peers.pins),
    };
  }

  #opened(welcome: Welcome): void {
    this.#lost = undefined;
    const { software, observed } = welcome;
    this.#log.info({ coordinator: this.#config.coordinator.host, software, observed }, "connected to the coordinator");
    this.#dataPath?.opened(welcome);
  }

  #hearLoss({ cause, message, code, retryMs }: Lost): void {
    this.#lost = message ?? cause;
    this.#log.warn({ cause, code, reason: message, retrySeconds: Math.round(retryMs / 1000) }, "no coordinator");
    this.#dataPath?.lost();
  }

  #hear(event: V4PeerEvent): void {
    const { name, ...details } = event;
    this.#log[isTrouble(name) ? "warn" : "info"](details, SENTENCES[name]);
    if (name.startsWith("pair-") || name === "mapped") this.#auditLog?.pairsChanged();
    if (name === "pair-ready") void this.#tellPublished(event.place);
    if (name === "pair-ended" && this.#draining.endsIn !== undefined) void this.#endIfDrained();
  }

  async #endIfDrained(): Promise<void> {
    if ((await this.#look()).peer.pairs.length === 0) this.#draining.hurry();
  }

  async #tellPublished(place: number): Promise<void> {
    if (this.#services.length === 0) return;
    const { pairs } = (await this.#look()).peer;
    const pair = pairs.find((each) => each.place === place);
    if (pair === undefined) return;
    for (const service of this.#services) {
      this.#log.info({ address: publicAddress(pair.prefix, pair.selector, service) }, "published");
    }
  }
}

/** Nothing is forwarded: there is nothing to set up, and no right of an administrator is needed. */
const NOTHING = { blocks: [], network: 0 } as const;

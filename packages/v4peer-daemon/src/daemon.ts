import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { parseListen } from "@nat64/daemon-kit/config";
import { ControlServer } from "@nat64/daemon-kit/control";
import { CoordinatorLink } from "@nat64/daemon-kit/coordinator";
import { HostWatch, hostNetworks, refusedRows } from "@nat64/daemon-kit/exit-policy";
import { type HostHealth, HostSetup, KernelNews, logSteps, type News } from "@nat64/daemon-kit/host";
import { type HttpServer, MovableServer, serveMetrics } from "@nat64/daemon-kit/metrics";
import {
  changeAllOrNothing,
  type OwnEnd,
  onCommit,
  type Reloaded,
  Reloads,
  type RunnableDaemon,
} from "@nat64/daemon-kit/program";
import { explainError } from "@nat64/daemon-kit/system";
import { openUdpSocket, type UdpSocket } from "@nat64/packet-io/udp";
import type { Lost, V4PeerEvent } from "@nat64/peer-machines";
import { shortPeerId, type Welcome } from "@nat64/peer-protocol";
import { type Identity, loadIdentity } from "@nat64/peer-protocol/node";
import type { Logger } from "pino";
import { AuditRecorder } from "./audit-log/recorder.ts";
import type { ConfigFile } from "./config/config-file.ts";
import { type Paths, pathsOf } from "./config/paths.ts";
import { findPair } from "./control/find-pair.ts";
import { controlMethods } from "./control/methods.ts";
import type { DrainReport, DrainRequest, Status, UnpairReport, UnpairRequest } from "./control/protocol.ts";
import { DataPath } from "./data-path/main-thread/data-path.ts";
import type { DataPathView } from "./data-path/messages.ts";
import { dataPathOptionsOf } from "./data-path-options.ts";
import { Draining } from "./draining.ts";
import { isTrouble, SENTENCES } from "./events.ts";
import { uplinkOf } from "./host/find-uplink.ts";
import type { LocalService } from "./host/firewall.ts";
import { UNDO } from "./host/plan.ts";
import { type PreparedHost, prepareHost } from "./host/prepare.ts";
import type { Uplink } from "./host/routes.ts";
import { v4peerRegistry } from "./metrics.ts";
import { hasPolicy, localServices } from "./policy/exit-policy.ts";
import { publicAddress } from "./policy/public-address.ts";
import { planReload } from "./reload.ts";
import { statusOf } from "./status.ts";
import { VERSION } from "./version.ts";

/**
 * Bytes of the UDP socket's buffers. With the system's 208 KB one transfer at full speed lost a tenth of what it sent
 * (docs/performance.md).
 */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** The IPv4 peer: everything that runs, in the order in which it starts; it stops in reverse. */
export class Daemon implements RunnableDaemon {
  readonly reloads: Reloads;
  readonly #load: () => ConfigFile;
  readonly #paths: Paths;
  readonly #log: Logger;
  readonly #setup: HostSetup;
  readonly #metrics: MovableServer<HttpServer>;
  readonly #startedAt: Date = new Date();
  readonly #forwards: boolean;
  readonly #draining: Draining = new Draining();
  #config: ConfigFile;
  #identity: Identity | undefined;
  #udp: UdpSocket | undefined;
  #host: PreparedHost | undefined;
  #uplink: Uplink | undefined;
  #news: KernelNews | undefined;
  #watch: HostWatch | undefined;
  #services: readonly LocalService[] = [];
  #dataPath: DataPath | undefined;
  #link: CoordinatorLink | undefined;
  #control: ControlServer | undefined;
  #auditLog: AuditRecorder | undefined;
  #lost: string | undefined;

  /** @param load reads the configuration again for a reload; throws a `ConfigFileError` */
  constructor(config: ConfigFile, load: () => ConfigFile, log: Logger) {
    this.#config = config;
    this.#load = load;
    this.#paths = pathsOf(config);
    this.#log = log;
    this.#forwards = hasPolicy(config.exit);
    this.reloads = new Reloads(() => this.#reload(), log);
    const registry = v4peerRegistry(
      () => this.#look(),
      async () => this.#hostHealth(),
    );
    this.#metrics = new MovableServer("metrics.listen", (address) => serveMetrics(address, registry));
    this.#setup = new HostSetup(`${this.#paths.socket}.setup`, {
      program: "v4peer",
      undo: UNDO,
      observer: logSteps(log),
    });
  }

  /** Starts everything. When it rejects, everything that was started is stopped and undone. */
  async start(): Promise<{ readonly ended: Promise<OwnEnd> }> {
    try {
      const { host, metrics, exit } = this.#config;
      mkdirSync(dirname(this.#paths.identity), { recursive: true, mode: 0o700 });
      this.#identity = loadIdentity(this.#paths.identity);
      // First of all: it refuses when another v4peer runs, before anything is touched.
      this.#control = await this.#listenForControl();
      if (this.#setup.recover() > 0) this.#log.warn("undid the changes of a crashed run");
      this.#udp = openUdpSocket({
        port: host["udp-port"],
        receiveBuffer: SOCKET_BUFFER_BYTES,
        sendBuffer: SOCKET_BUFFER_BYTES,
      });
      this.#uplink = await this.#findUplink();
      if (this.#forwards && this.#uplink !== undefined) {
        this.#services = localServices(exit, this.#uplink.address);
        const needs = { config: this.#config, uplink: this.#uplink, udpPort: this.#udp.port, services: this.#services };
        this.#news = new KernelNews();
        this.#host = prepareHost(needs, this.#setup, this.#news, this.#log);
        this.#watch = this.#watchHost(this.#host.tun.name, this.#news);
      }
      this.#dataPath = await this.#startDataPath(this.#udp);
      this.#auditLog = this.#startAuditLog(this.#config);
      await this.#metrics.start(addressOf(metrics));
      this.#link = this.#makeLink(this.#identity);
      this.#link.start();
      return { ended: Promise.race([this.#dataPath.ended, this.#draining.over]) };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Says goodbye, stops everything and leaves the host as it was. Never rejects; may be called at any time. */
  async stop(): Promise<void> {
    this.#draining.stop();
    this.#watch?.stop();
    await this.#metrics.close();
    await this.#control?.close();
    await this.#link?.stop();
    this.undoSetup();
    await this.#auditLog?.stop();
    await this.#dataPath?.stop();
    this.#host?.tun.close();
    this.#udp?.close();
    this.#control = this.#link = this.#dataPath = this.#host = this.#udp = undefined;
  }

  /** Only the part of {@link Daemon.stop} that must happen even when the process is dying. Never throws. */
  undoSetup(): void {
    this.#host?.watch.stop();
    this.#news?.stop();
    this.#setup.undo();
  }

  /** Undoes what a killed run has left; returns the number of steps. Throws when another v4peer is running. */
  recover(): number {
    return this.#setup.recover();
  }

  /** Asks the data path how many pairs there are. Rejects when it does not answer. */
  async lookAlive(): Promise<string> {
    const { pairs } = (await this.#look()).peer;
    const coordinator = this.#link?.status.state === "open" ? "connected" : "not connected";
    const [problem] = this.#hostHealth().problems;
    const trouble = problem === undefined ? "" : `; cannot ${problem.what}: ${problem.reason}`;
    return `${pairs.length} pairs; ${coordinator} to ${this.#config.coordinator.host}${trouble}`;
  }

  /** For the log. */
  get summary(): Readonly<Record<string, unknown>> {
    return { peerId: this.#identity?.peerId ?? "", internet: this.#config.exit.internet };
  }

  /** Takes no more pairs, gives open connections time to end, and ends. */
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
    this.#log.info({ peer: shortPeerId(peer), seconds: within }, "ending a pair");
    if (within === 0) this.#dataPath?.unpair(id);
    else this.#dataPath?.drain(within, id);
    return { peer, prefix, within };
  }

  /** The state of everything. Rejects when the data path does not answer. */
  async status(): Promise<Status> {
    const view = await this.#look();
    return statusOf(
      {
        startedAt: this.#startedAt,
        peerId: this.#identity?.peerId ?? "",
        coordinator: this.#config.coordinator,
        connection: this.#link?.status,
        lost: this.#lost,
        forwards: this.#forwards,
        auditLog: this.#auditLog,
        endsIn: this.#draining.endsIn,
        udpPort: this.#udp?.port ?? 0,
        uplink: this.#uplink,
        services: this.#services,
        reload: this.reloads.status,
        host: this.#hostHealth(),
      },
      view,
    );
  }

  /** Reads the file again, and puts it into use as a whole or not at all. */
  async #reload(): Promise<Reloaded> {
    const { live, needsRestart, file } = planReload(this.#config, this.#load());
    const movesAuditLog = live.some((key) => key.startsWith("audit-log."));
    const problems = await changeAllOrNothing([
      ...(live.includes("metrics.listen") ? [() => this.#metrics.prepareMove(addressOf(file.metrics))] : []),
      onCommit(() => (movesAuditLog ? this.#moveAuditLog(file) : undefined)),
    ]);
    this.#log.level = file.log.level;
    this.#config = file;
    if (live.some((key) => key.startsWith("exit.refused-"))) {
      this.#dataPath?.refuse(refusedRows(file.exit, this.#hostNetworks()));
    }
    return { applied: live, needsRestart, problems };
  }

  #listenForControl(): Promise<ControlServer> {
    const methods = controlMethods({
      status: () => this.status(),
      reload: () => this.reloads.request(),
      drain: (request) => this.drain(request),
      unpair: (request) => this.unpair(request),
    });
    return ControlServer.listen({ path: this.#paths.socket, program: "v4peer", methods });
  }

  async #findUplink(): Promise<Uplink | undefined> {
    try {
      return await uplinkOf(this.#config);
    } catch (error) {
      // Without anything to forward it only means that a missing NAT cannot be told from one.
      if (this.#forwards) throw new Error(`cannot find the uplink: ${explainError(error)}`, { cause: error });
      return undefined;
    }
  }

  #startDataPath(udp: UdpSocket): Promise<DataPath> {
    const options = dataPathOptionsOf({
      config: this.#config,
      identityPath: this.#paths.identity,
      udp,
      uplink: this.#uplink,
      services: this.#services,
      host: this.#host,
      hostNetworks: this.#hostNetworks(),
    });
    return DataPath.start(options, {
      say: (message) => this.#link?.send(message),
      happened: (event) => this.#heard(event),
    });
  }

  /** Networks of this host are refused, also those that it joins later. */
  #hostNetworks(): readonly string[] {
    const { own = [], others = [] } = this.#watch?.networks ?? {};
    return [...own, ...others];
  }

  #hostHealth(): HostHealth {
    return this.#host?.watch.health ?? { problems: [], mends: 0 };
  }

  #watchHost(device: string, news: News): HostWatch {
    return new HostWatch({
      news,
      read: () => hostNetworks({ except: device, onLink: true, routers: true }),
      onChange: (networks) => {
        const all = [...networks.own, ...networks.others];
        this.#log.info({ networks: all }, "this host's networks have changed: clients reach none of these");
        this.#dataPath?.refuse(refusedRows(this.#config.exit, all));
      },
      onProblem: ({ message }) => this.#log.warn({ reason: message }, "cannot read this host's routes"),
    });
  }

  #makeLink(identity: Identity): CoordinatorLink {
    const { coordinator } = this.#config;
    return new CoordinatorLink(
      {
        role: "v4peer",
        // Over IPv4 where there is a choice: so the coordinator sees the NAT's address.
        address: { ...coordinator, family: 4 },
        identity,
        software: `v4peer ${VERSION}`,
        invite: coordinator.invite,
      },
      {
        opened: (welcome) => this.#connected(welcome),
        message: (message) => this.#dataPath?.hear(message),
        lost: (lost) => this.#disconnected(lost),
        unusable: (code) => this.#log.warn({ code }, "the coordinator said something that could not be used"),
      },
    );
  }

  /** A peer that forwards nothing has nothing to keep. */
  #startAuditLog(config: ConfigFile): AuditRecorder | undefined {
    const { auditLog } = pathsOf(config);
    if (auditLog === undefined || !this.#forwards) return undefined;
    const source = { look: () => this.#look(), ownAddress: () => this.#uplink?.address };
    return new AuditRecorder(config, auditLog, source, this.#log);
  }

  async #moveAuditLog(config: ConfigFile): Promise<void> {
    await this.#auditLog?.stop();
    this.#auditLog = this.#startAuditLog(config);
  }

  async #look(): Promise<DataPathView> {
    if (this.#dataPath === undefined) throw new Error("the data path is not running");
    return this.#dataPath.look();
  }

  #connected(welcome: Welcome): void {
    this.#lost = undefined;
    const { software, observed } = welcome;
    this.#log.info({ coordinator: this.#config.coordinator.host, software, observed }, "connected to the coordinator");
    this.#dataPath?.opened(welcome);
  }

  #disconnected({ cause, message, code, retryMs }: Lost): void {
    this.#lost = message ?? cause;
    this.#log.warn({ cause, code, reason: message, retrySeconds: Math.round(retryMs / 1000) }, "no coordinator");
    this.#dataPath?.lost();
  }

  #heard(event: V4PeerEvent): void {
    const { name, ...details } = event;
    this.#log[isTrouble(name) ? "warn" : "info"](details, SENTENCES[name]);
    if (name.startsWith("pair-") || name === "mapped") this.#auditLog?.pairsChanged();
    if (name === "pair-ready") this.#inBackground(() => this.#logPublished(event.place));
    if (name === "pair-ended" && this.#draining.endsIn !== undefined) this.#inBackground(() => this.#endIfDrained());
  }

  /** For work that nobody waits for: the data path may end meanwhile, and then there is nothing left to do. */
  #inBackground(work: () => Promise<void>): void {
    work().catch((error: Error) => this.#log.debug({ reason: error.message }, "the data path did not answer"));
  }

  async #endIfDrained(): Promise<void> {
    if ((await this.#look()).peer.pairs.length === 0) this.#draining.endNow();
  }

  async #logPublished(place: number): Promise<void> {
    if (this.#services.length === 0) return;
    const { pairs } = (await this.#look()).peer;
    const pair = pairs.find((each) => each.place === place);
    if (pair === undefined) return;
    for (const service of this.#services) {
      this.#log.info({ address: publicAddress(pair.prefix, pair.selector, service) }, "published");
    }
  }
}

function addressOf({ listen }: ConfigFile["metrics"]): ReturnType<typeof parseListen> {
  return listen === "off" ? undefined : parseListen(listen);
}

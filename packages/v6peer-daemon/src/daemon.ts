import { isDeepStrictEqual } from "node:util";
import { findGroup } from "@nat64/daemon-kit/config";
import { ControlServer } from "@nat64/daemon-kit/control";
import {
  type HostHealth,
  HostSetup,
  KernelNews,
  logRepairs,
  logSteps,
  type News,
  SetupWatch,
} from "@nat64/daemon-kit/host";
import {
  changeAllOrNothing,
  type OwnEnd,
  onCommit,
  type PreparedChange,
  type Reloaded,
  Reloads,
  type RunnableDaemon,
} from "@nat64/daemon-kit/program";
import type { V6PeerOutput } from "@nat64/peer-machines";
import { openTun, type Tun } from "@nat64/tun";
import type { Logger } from "pino";
import { AuditRecorder } from "./audit-log/recorder.ts";
import { Bandwidth } from "./bandwidth/bandwidth.ts";
import { Bans } from "./bans/bans.ts";
import type { ConfigFile } from "./config/config-file.ts";
import { loadConfig } from "./config/load.ts";
import type { DaemonConfig } from "./config/resolve.ts";
import type { BandwidthStatus, SetBandwidth } from "./control/bandwidth.ts";
import { controlMethods } from "./control/methods.ts";
import type { Status } from "./control/protocol.ts";
import { DataPath } from "./data-path/main-thread/data-path.ts";
import type { DrainProgress } from "./data-path/messages/draining.ts";
import type { PeerExitsStatus } from "./data-path/messages/peer-exits.ts";
import { Draining } from "./draining/draining.ts";
import { planSetup } from "./host/plan.ts";
import { UNDO } from "./host/undo.ts";
import { Listeners } from "./listeners.ts";
import { LocalExitPolicy } from "./local-exit/local-exit-policy.ts";
import { listPrefixes } from "./peer-exits/list-prefixes.ts";
import { PeerExits } from "./peer-exits/peer-exits.ts";
import { planReload } from "./reload.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { peerStatusOf, statusOf } from "./status.ts";

/** Offloads of the TUN device. Without UDP super-packets: they are not faster, and those with DF clear cannot be split. */
const OFFLOADS = "tcp";

/** The IPv6 peer: starts all its parts in order, and stops them in reverse. */
export class Daemon implements RunnableDaemon {
  readonly reloads: Reloads;
  readonly #path: string;
  readonly #log: Logger;
  readonly #setup: HostSetup;
  readonly #startedAt: Date = new Date();
  readonly #draining: Draining;
  readonly #bandwidth: Bandwidth;
  #bans: Bans | undefined;
  #config: DaemonConfig;
  #tun: Tun | undefined;
  #policy: LocalExitPolicy | undefined;
  #news: KernelNews | undefined;
  #watch: SetupWatch | undefined;
  #dataPath: DataPath | undefined;
  #peerExits: PeerExits | undefined;
  #auditLog: AuditRecorder | undefined;
  #control: ControlServer | undefined;
  #listeners: Listeners | undefined;

  /** @param path the file of `config`, which a reload reads again */
  constructor(path: string, config: DaemonConfig, log: Logger) {
    this.#path = path;
    this.#config = config;
    this.#log = log;
    this.reloads = new Reloads(() => this.#reload(), log);
    this.#draining = new Draining({
      ask: (order) => this.#dataPathOrThrow().drain(order),
      hasLocal: () => this.#config.file["local-exit"] !== undefined,
      exits: () => this.#exits(),
      log,
    });
    this.#bandwidth = new Bandwidth(config.file, log);
    this.#setup = new HostSetup(`${config.file.control.socket}.setup`, {
      program: "v6peerd",
      undo: UNDO,
      observer: logSteps(log),
    });
  }

  /**
   * Starts forwarding. Rejects after everything that was started has been stopped and undone.
   *
   * @returns `ended` resolves when the data path ends, with the error if it failed, or when everything has drained
   */
  async start(): Promise<{ readonly ended: Promise<OwnEnd> }> {
    try {
      const recovered = this.#setup.recover();
      if (this.#config.file.lab) this.#log.warn("lab = true: clients may reach addresses that are not global");
      if (recovered > 0) this.#log.warn({ steps: recovered }, "undid the changes of a crashed run");
      this.#bans = this.#makeBans();
      this.#tun = openTun({ name: this.#config.file.host.interface, offloads: OFFLOADS });
      this.#news = new KernelNews();
      this.#policy = new LocalExitPolicy(this.#config, this.#tun.name, this.#news, () => this.#followHost(), this.#log);
      this.#dataPath = await this.#startDataPath(this.#tun, this.#bans);
      await this.#bandwidth.start(this.#dataPath);
      this.#watch = this.#setUpHost(this.#tun.name, this.#news);
      this.#auditLog = AuditRecorder.start(this.#config.file, this.#dataPath, this.#log);
      this.#bans.start();
      this.#control = await this.#listenForControl();
      this.#listeners = this.#makeListeners();
      await this.#listeners.start(this.#config);
      this.#peerExits?.start(this.#dataPath);
      return { ended: Promise.race([this.#dataPath.ended, this.#draining.over]) };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops everything and restores the host. Never rejects. May be called at any time except during a reload. */
  async stop(): Promise<void> {
    this.#policy?.stop();
    this.#watch?.stop();
    await this.#peerExits?.stop();
    await this.#listeners?.close();
    await this.#control?.close();
    this.#bans?.stop();
    this.undoSetup();
    await this.#bandwidth.stop();
    await this.#auditLog?.stop();
    await this.#dataPath?.stop();
    this.#peerExits?.close();
    this.#tun?.close();
  }

  /** The part of {@link Daemon.stop} that is necessary even when the process crashes. Never throws. */
  undoSetup(): void {
    this.#watch?.stop();
    this.#news?.stop();
    this.#setup.undo();
  }

  /** Undoes the changes of a killed run. Throws if another daemon is running. @returns the number of steps */
  recover(): number {
    return this.#setup.recover();
  }

  /** Reads the number of sessions from the data path. Rejects if it does not answer. */
  async lookAlive(): Promise<string> {
    const { engine } = await this.#dataPathOrThrow().counters();
    const [problem] = this.#watch?.health.problems ?? [];
    const trouble = problem === undefined ? "" : `; cannot ${problem.what}: ${problem.reason}`;
    return `${this.#config.file.prefix}: ${engine.sessions} sessions${trouble}`;
  }

  /** The NAT64 prefix and the addresses of metrics and status page, for the log. */
  get summary(): Readonly<Record<string, unknown>> {
    const { file, nat64Prefix } = this.#config;
    return {
      prefix: file.prefix,
      nat64Prefix,
      interface: file.host.interface,
      exit: file["local-exit"]?.mode ?? "none",
      ...(this.#peerExits !== undefined && { peer: this.#peerExits.peerId, coordinator: file.coordinator?.host }),
      offloads: this.#tun?.offloads,
      control: file.control.socket,
      ...this.#listeners?.ports,
    };
  }

  /** Reads the file again, and applies it as a whole or not at all. Sessions continue. */
  async #reload(): Promise<Reloaded> {
    const { live, needsRestart, config, problems: conflicts } = planReload(this.#config, loadConfig(this.#path));
    if (conflicts.length > 0) throw new Error(conflicts.join("\n"));
    const { file } = config;
    const concernsPeers = live.some((key) => /^(bandwidth$|complaints\.|coordinator\.|peer-exits\.)/.test(key));
    const problems = await changeAllOrNothing([
      ...(this.#listeners?.changes(live, config) ?? []),
      () => this.#bandwidth.prepareReload(file),
      // The last step that can fail: sessions move to the new tables only once.
      () => this.#prepareEngine(config),
      onCommit(() => (live.some((key) => key.startsWith("audit-log.")) ? this.#moveAuditLog(file) : undefined)),
      onCommit(() => (concernsPeers ? this.#peerExits?.reload(file, this.#bandwidth.rates) : undefined)),
    ]);
    this.#log.level = file.log.level;
    this.#config = config;
    return { applied: live, needsRestart, problems };
  }

  #setUpHost(device: string, news: News): SetupWatch {
    const steps = planSetup(this.#config, device, () =>
      this.#log.warn("this kernel has no ct timeout: idle UDP sessions of the masquerade expire early"),
    );
    this.#setup.apply(steps);
    return new SetupWatch(steps, news, logRepairs(this.#log));
  }

  async #prepareEngine(config: DaemonConfig): Promise<PreparedChange> {
    const [before, next] = [this.#engineOf(this.#config), this.#engineOf(config)];
    const isSame = isDeepStrictEqual(next, before);
    if (!isSame) await this.#configure(next);
    return { commit: () => {}, cancel: () => (isSame ? undefined : this.#configure(before)) };
  }

  /** The addresses of this host have changed. */
  async #followHost(): Promise<void> {
    let config: DaemonConfig;
    do {
      config = this.#config;
      await this.#configure(this.#engineOf(config));
      // Once more after a reload in the meantime.
    } while (config !== this.#config);
  }

  async #configure(engine: DaemonConfig["engine"]): Promise<void> {
    const reconfigured = await this.#dataPathOrThrow().reconfigure(engine);
    if (!reconfigured.accepted) throw new Error(reconfigured.problem);
    const { sessionsLost } = reconfigured;
    if (sessionsLost > 0) this.#log.warn({ sessions: sessionsLost }, "sessions that could not continue were ended");
  }

  #engineOf(config: DaemonConfig): DaemonConfig["engine"] {
    const engine = this.#policy?.engineOf(config) ?? config.engine;
    return this.#bans?.engineOf(engine) ?? engine;
  }

  async #moveAuditLog(file: ConfigFile): Promise<void> {
    await this.#auditLog?.stop();
    this.#auditLog = AuditRecorder.start(file, this.#dataPathOrThrow(), this.#log);
  }

  async #setBandwidth(order: SetBandwidth): Promise<BandwidthStatus> {
    const status = await this.#bandwidth.set(order);
    this.#peerExits?.reload(this.#config.file, this.#bandwidth.rates);
    return status;
  }

  #makeBans(): Bans {
    return new Bans({
      config: () => this.#config,
      exits: () => this.#exits(),
      ban: (lists) => this.#dataPathOrThrow().ban(lists),
      banPeers: async (peers) => this.#peerExits?.ban(peers),
      poolChanged: () => this.#configure(this.#engineOf(this.#config)),
      record: (change) => this.#auditLog?.recordBan(change),
      log: this.#log,
    });
  }

  /** The peer exits; none if no coordinator is configured. */
  async #exits(): Promise<PeerExitsStatus["exits"]> {
    return this.#peerExits === undefined ? [] : (await this.#dataPathOrThrow().peerExits()).exits;
  }

  #startDataPath(tun: Tun, bans: Bans): Promise<DataPath> {
    const { file } = this.#config;
    const engine = this.#engineOf(this.#config);
    const onDrained = (progress: DrainProgress) => void this.#draining.onDrained(progress);
    if (file.coordinator === undefined) return DataPath.start(tun, engine, undefined, onDrained, bans.lists);
    const peerExits = new PeerExits(file, this.#log, this.#bandwidth.rates, bans.peers);
    this.#peerExits = peerExits;
    // Without [peer-exits] the prefix is still registered, and the engine has no exits.
    const onOutputs = (outputs: readonly V6PeerOutput[]) => {
      peerExits.carryOut(outputs);
      this.#auditLog?.pairsChanged();
    };
    const part = { options: peerExits.options, onOutputs };
    return DataPath.start(tun, engine, part, onDrained, bans.lists);
  }

  #listenForControl(): Promise<ControlServer> {
    const { socket, group } = this.#config.file.control;
    const methods = controlMethods({
      status: () => this.#status(),
      counters: () => this.#dataPathOrThrow().counters(),
      config: async () => this.#config.file,
      reload: () => this.reloads.request(),
      bandwidth: () => this.#bandwidth.status(),
      setBandwidth: (order) => this.#setBandwidth(order),
      drain: (request) => this.#draining.drain(request),
      cancelDrain: (request) => this.#draining.cancel(request),
      ban: (request) => this.#bansOrThrow().ban(request),
      unban: (request) => this.#bansOrThrow().unban(request),
      bans: (emit) => this.#bansOrThrow().list(emit),
      prefixes: (emit, hungUp) => listPrefixes(this.#peerExits, emit, hungUp),
      sessions: (filter, emit, hungUp) => listSessions(this.#dataPathOrThrow(), filter, emit, hungUp),
    });
    return ControlServer.listen({
      path: socket,
      program: "v6peerd",
      methods,
      group: group === undefined ? undefined : findGroup(group),
    });
  }

  #makeListeners(): Listeners {
    const peer = this.#peerExits;
    return new Listeners(
      {
        counters: () => this.#dataPathOrThrow().counters(),
        config: async () => ({ file: this.#config.file, refused: undefined, ...this.reloads.status }),
        bandwidth: () => this.#bandwidth.status(),
        drains: () => this.#draining.view(),
        ...(peer !== undefined && { peer: async () => peerStatusOf(peer, this.#dataPathOrThrow()) }),
        bans: async () => this.#bansOrThrow().status,
        auditLog: async () => this.#auditLog?.status,
        host: async () => this.#hostHealth(),
      },
      { status: () => this.#status(), file: () => this.#config.file },
      this.#log,
    );
  }

  /** The status. Rejects if the data path does not answer. */
  async #status(): Promise<Status> {
    return statusOf({
      path: this.#path,
      config: this.#config,
      reload: this.reloads.status,
      startedAt: this.#startedAt,
      tun: this.#tun,
      dataPath: this.#dataPathOrThrow(),
      bandwidth: this.#bandwidth,
      draining: this.#draining,
      bans: this.#bansOrThrow(),
      peerExits: this.#peerExits,
      auditLog: this.#auditLog,
      host: this.#hostHealth(),
    });
  }

  #hostHealth(): HostHealth {
    return this.#watch?.health ?? { problems: [], mends: 0 };
  }

  #bansOrThrow(): Bans {
    if (this.#bans === undefined) throw new Error("the daemon is not running");
    return this.#bans;
  }

  #dataPathOrThrow(): DataPath {
    if (this.#dataPath === undefined) throw new Error("the data path is not running");
    return this.#dataPath;
  }
}

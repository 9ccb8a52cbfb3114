import { isDeepStrictEqual } from "node:util";
import { ConfigFileError } from "@nat64/daemon-kit/config";
import { ControlServer } from "@nat64/daemon-kit/control";
import { HostSetup } from "@nat64/daemon-kit/host";
import type { OwnEnd } from "@nat64/daemon-kit/program";
import type { V6PeerOutput } from "@nat64/peer-machines";
import { openTun, type Tun } from "@nat64/tun";
import type { Logger } from "pino";
import { AuditRecorder } from "./audit-log/recorder.ts";
import { Bandwidth } from "./bandwidth/bandwidth.ts";
import { findGroup } from "./config/group.ts";
import { loadConfig } from "./config/load.ts";
import type { DaemonConfig } from "./config/resolve.ts";
import type { BandwidthStatus, SetBandwidth } from "./control/bandwidth.ts";
import { controlMethods } from "./control/methods.ts";
import type { PeerStatus, ReloadReport, Status } from "./control/protocol.ts";
import { Draining } from "./draining/draining.ts";
import { Listeners } from "./listeners.ts";
import { listPrefixes } from "./peer-exits/list-prefixes.ts";
import { PeerExits } from "./peer-exits/peer-exits.ts";
import { planReload } from "./reload.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { planSetup } from "./setup/plan.ts";
import { UNDO } from "./setup/undo.ts";
import { DataPath } from "./thread/data-path.ts";
import type { DrainProgress } from "./thread/messages/draining.ts";
import { VERSION } from "./version.ts";

/** Super-packets of UDP are not asked for: they bring nothing, and those with DF clear could not be cut. */
const OFFLOADS = "tcp";

/** The IPv6 peer: everything that runs, in the order in which it starts; it stops in reverse. */
export class Daemon {
  readonly #path: string;
  readonly #log: Logger;
  readonly #setup: HostSetup;
  readonly #startedAt: Date = new Date();
  readonly #draining: Draining;
  readonly #bandwidth: Bandwidth;
  #config: DaemonConfig;
  #tun: Tun | undefined;
  #dataPath: DataPath | undefined;
  #peerExits: PeerExits | undefined;
  #auditLog: AuditRecorder | undefined;
  #control: ControlServer | undefined;
  #listeners: Listeners | undefined;
  #loadedAt: Date = this.#startedAt;
  #needsRestart: readonly string[] = [];
  #refused: string | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  #isStopping = false;

  /** `path` is where `config` came from and where {@link Daemon.reload} looks again. */
  constructor(path: string, config: DaemonConfig, log: Logger) {
    this.#path = path;
    this.#config = config;
    this.#log = log;
    this.#draining = new Draining({
      ask: (order) => this.#dataPathOrThrow().drain(order),
      hasLocal: () => this.#config.file["local-exit"] !== undefined,
      exits: async () => (this.#peerExits === undefined ? [] : (await this.#dataPathOrThrow().peerExits()).exits),
      log,
    });
    this.#bandwidth = new Bandwidth(config.file, log);
    this.#setup = new HostSetup(`${config.file.control.socket}.setup`, {
      program: "v6peerd",
      undo: UNDO,
      observer: {
        applied: (what) => log.debug({ what }, "set up"),
        undone: (kind) => log.debug({ kind }, "undone"),
        undoFailed: (kind, reason) => log.error({ kind, reason }, "could not undo"),
      },
    });
  }

  /**
   * Starts forwarding. When it rejects, everything that was started is stopped and undone.
   *
   * @returns settles when the data path ends, with the error when it failed on its own, or when everything has drained
   */
  async start(): Promise<{ readonly ended: Promise<OwnEnd> }> {
    try {
      const recovered = this.#setup.recover();
      if (this.#config.file.lab) this.#log.warn("lab = true: clients may reach addresses that are not global");
      if (recovered > 0) this.#log.warn({ steps: recovered }, "undid what a crashed run had left");
      this.#tun = openTun({ name: this.#config.file.host.interface, offloads: OFFLOADS });
      this.#dataPath = await this.#startDataPath(this.#tun);
      await this.#bandwidth.start(this.#dataPath);
      this.#setup.apply(planSetup(this.#config, this.#tun.name));
      this.#auditLog = AuditRecorder.start(this.#config.file, this.#dataPath, this.#log);
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

  /** Stops everything and leaves the host as it was. Never rejects; may be called at any time. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // A reload under way would open again what is closed here.
    await this.#reloading;
    await this.#peerExits?.stop();
    await this.#listeners?.close();
    await this.#control?.close();
    this.undoSetup();
    await this.#bandwidth.stop();
    await this.#auditLog?.stop();
    await this.#dataPath?.stop();
    this.#peerExits?.close();
    this.#tun?.close();
  }

  /** Only the part of {@link Daemon.stop} that must not be left out even when the process is dying. Never throws. */
  undoSetup(): void {
    this.#setup.undo();
  }

  /** Undoes what a run that was killed has left; returns the number of steps. Throws when another one is running. */
  recover(): number {
    return this.#setup.recover();
  }

  /** Asks the data path: how many sessions there are. Rejects when it does not answer. */
  async lookAlive(): Promise<string> {
    const { engine } = await this.#dataPathOrThrow().counters();
    return `${this.#config.file.prefix}: ${engine.sessions} sessions`;
  }

  /** The NAT64 prefix and where metrics and status page are, for the log. */
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

  /**
   * Reads the file again. A wrong one is refused as a whole and the old configuration stays. Sessions go on.
   * Reloads wait for each other.
   */
  reload(): Promise<ReloadReport> {
    const report = this.#reloading.then(() => this.#reload());
    this.#reloading = report.catch(() => {});
    return report;
  }

  async #reload(): Promise<ReloadReport> {
    if (this.#isStopping) return this.#refuse(["the daemon is stopping"]);
    let next: DaemonConfig;
    try {
      next = loadConfig(this.#path);
    } catch (error) {
      if (!(error instanceof ConfigFileError)) throw error;
      return this.#refuse(error.message.split("\n"));
    }
    const { live, needsRestart, config, problems } = planReload(this.#config, next);
    if (problems.length > 0) return this.#refuse(problems);
    const refused = await this.#apply(config, live);
    if (refused !== undefined) return this.#refuse([refused]);
    await this.#bandwidth.reload(config.file);
    if (live.some((key) => /^(bandwidth$|complaints\.|coordinator\.|peer-exits\.)/.test(key))) {
      this.#peerExits?.reload(config.file, this.#bandwidth.rates);
    }
    this.#log.level = config.file.log.level;
    this.#config = config;
    this.#loadedAt = new Date();
    this.#needsRestart = needsRestart;
    this.#refused = undefined;
    if (needsRestart.length > 0) this.#log.warn({ keys: needsRestart }, "changed in the file, but needs a restart");
    this.#log.info({ applied: live, needsRestart }, "configuration reloaded");
    return { accepted: true, applied: live, needsRestart, problems: [] };
  }

  /** Puts live keys into use, all or none; says why when it is none. */
  async #apply(next: DaemonConfig, live: readonly string[]): Promise<string | undefined> {
    const cannotListen = await this.#listeners?.move(live, next, this.#config);
    if (cannotListen !== undefined) return cannotListen;
    if (live.some((key) => key.startsWith("audit-log."))) await this.#moveAuditLog(next);
    if (isDeepStrictEqual(next.engine, this.#config.engine)) return undefined;
    const reconfigured = await this.#dataPathOrThrow().reconfigure(next.engine);
    if (!reconfigured.accepted) {
      await this.#listeners?.move(live, this.#config, next);
      return reconfigured.problem;
    }
    const { sessionsLost } = reconfigured;
    if (sessionsLost > 0) this.#log.warn({ sessions: sessionsLost }, "sessions that could not go on were ended");
    return undefined;
  }

  async #moveAuditLog({ file }: DaemonConfig): Promise<void> {
    await this.#auditLog?.stop();
    this.#auditLog = AuditRecorder.start(file, this.#dataPathOrThrow(), this.#log);
  }

  #refuse(problems: readonly string[]): ReloadReport {
    this.#refused = problems.join("\n");
    this.#log.error({ problems }, "new configuration refused, the old one stays");
    return { accepted: false, applied: [], needsRestart: [], problems };
  }

  async #setBandwidth(order: SetBandwidth): Promise<BandwidthStatus> {
    const status = await this.#bandwidth.set(order);
    this.#peerExits?.reload(this.#config.file, this.#bandwidth.rates);
    return status;
  }

  #startDataPath(tun: Tun): Promise<DataPath> {
    const { file, engine } = this.#config;
    const drained = (progress: DrainProgress) => void this.#draining.hear(progress);
    if (file.coordinator === undefined) return DataPath.start(tun, engine, undefined, drained);
    const peerExits = new PeerExits(file, this.#log, this.#bandwidth.rates);
    this.#peerExits = peerExits;
    // Without [peer-exits] the prefix is made known all the same, and the engine has no exits to show.
    const heard = (outputs: readonly V6PeerOutput[]) => {
      peerExits.hear(outputs);
      this.#auditLog?.pairsChanged();
    };
    const part = { options: peerExits.options, heard };
    return DataPath.start(tun, engine, part, drained);
  }

  async #peerStatus({ peerId, coordinator }: PeerExits): Promise<PeerStatus> {
    return { id: peerId, coordinator, ...(await this.#dataPathOrThrow().peerExits()) };
  }

  #listenForControl(): Promise<ControlServer> {
    const { socket, group } = this.#config.file.control;
    const methods = controlMethods({
      status: () => this.#status(),
      counters: () => this.#dataPathOrThrow().counters(),
      config: async () => this.#config.file,
      reload: () => this.reload(),
      bandwidth: () => this.#bandwidth.status(),
      setBandwidth: (order) => this.#setBandwidth(order),
      drain: (request) => this.#draining.drain(request),
      cancelDrain: (request) => this.#draining.cancel(request),
      prefixes: (emit, hungUp) => listPrefixes(this.#peerExits, emit, hungUp),
      sessions: (filter, emit, hungUp) => listSessions(this.#dataPathOrThrow(), filter, emit, hungUp),
    });
    return ControlServer.listen(socket, methods, group === undefined ? undefined : findGroup(group));
  }

  #makeListeners(): Listeners {
    const peer = this.#peerExits;
    return new Listeners(
      {
        counters: () => this.#dataPathOrThrow().counters(),
        config: async () => ({
          file: this.#config.file,
          refused: this.#refused,
          needsRestart: this.#needsRestart,
        }),
        bandwidth: () => this.#bandwidth.status(),
        drains: () => this.#draining.view(),
        ...(peer !== undefined && { peer: () => this.#peerStatus(peer) }),
        auditLog: async () => this.#auditLog?.status,
      },
      { status: () => this.#status(), file: () => this.#config.file },
      this.#log,
    );
  }

  async #status(): Promise<Status> {
    const { file, nat64Prefix, engine } = this.#config;
    return {
      version: VERSION,
      pid: process.pid,
      startedAt: this.#startedAt.toISOString(),
      uptimeSeconds: Math.round(process.uptime()),
      config: {
        path: this.#path,
        loadedAt: this.#loadedAt.toISOString(),
        needsRestart: this.#needsRestart,
        ...(this.#refused === undefined ? {} : { refused: this.#refused }),
      },
      prefix: file.prefix,
      nat64Prefix,
      extraPrefixes: file["extra-prefixes"],
      interface: file.host.interface,
      bandwidth: await this.#bandwidth.status(),
      exit: { mode: file["local-exit"]?.mode ?? "none", pool: engine.pool.map((range) => range.address) },
      ...(this.#peerExits !== undefined && { peer: await this.#peerStatus(this.#peerExits) }),
      draining: await this.#draining.view(),
      ...(this.#auditLog !== undefined && { auditLog: this.#auditLog.status }),
      offloads: { ...this.#tun?.offloads },
      counters: await this.#dataPathOrThrow().counters(),
    };
  }

  #dataPathOrThrow(): DataPath {
    if (this.#dataPath === undefined) throw new Error("the data path is not running");
    return this.#dataPath;
  }
}

/** The coordinator: all its parts, in the order in which they start. They stop in reverse. */
import { setTimeout as sleep } from "node:timers/promises";
import { findGroup, type ListenAddress, parseListen } from "@nat64/daemon-kit/config";
import { ControlServer } from "@nat64/daemon-kit/control";
import { HttpServer, MovableServer, serveMetrics } from "@nat64/daemon-kit/metrics";
import {
  changeAllOrNothing,
  type OwnEnd,
  onCommit,
  type Reloaded,
  Reloads,
  type RunnableDaemon,
} from "@nat64/daemon-kit/program";
import type { Logger } from "pino";
import {
  type ConfigFile,
  endpointOf,
  enrolmentOptions,
  loadConfig,
  machineOptions,
  socketPathOf,
} from "./config/index.ts";
import { controlMethods } from "./control/methods.ts";
import type { PeerStatus, Status } from "./control/protocol.ts";
import { Coordinator, type CoordinatorOptions } from "./machine/index.ts";
import { planReload } from "./reload.ts";
import { type Certificate, loadCertificate } from "./shell/certificate.ts";
import { Driver } from "./shell/driver.ts";
import { coordinatorRegistry } from "./shell/metrics.ts";
import { servePrefixes } from "./shell/prefix-list.ts";
import { TlsListener } from "./shell/tls-listener.ts";
import { UdpSockets } from "./shell/udp-sockets.ts";
import { describePeer, describeStatus } from "./status.ts";

/** How long peers wait before they reconnect after a stop: it may be a restart. */
const RECONNECT_AFTER_SECONDS = 2;

export class Daemon implements RunnableDaemon {
  readonly reloads: Reloads;
  readonly #path: string;
  readonly #log: Logger;
  readonly #options: CoordinatorOptions;
  readonly #machine: Coordinator;
  readonly #driver: Driver;
  readonly #prefixes: MovableServer<HttpServer>;
  readonly #metrics: MovableServer<HttpServer>;
  readonly #startedAt: Date = new Date();
  /** When the machine's clock was zero, in milliseconds since the epoch. */
  readonly #clockStart: number = Date.now() - performance.now();
  #file: ConfigFile;
  #certificate: Certificate | undefined;
  #control: ControlServer | undefined;
  #tls: TlsListener | undefined;
  #udp: UdpSockets | undefined;
  #tlsPorts: readonly number[] = [];

  /**
   * Throws a `ConfigFileError` if the file of peers is invalid.
   *
   * @param path of the configuration file, which a reload reads again
   */
  constructor(path: string, file: ConfigFile, log: Logger) {
    this.#path = path;
    this.#file = file;
    this.#log = log;
    this.#options = machineOptions(file);
    this.#machine = new Coordinator(this.#options, performance.now());
    this.#driver = new Driver(this.#machine, log);
    this.reloads = new Reloads(() => this.#reload(), log);
    const registry = coordinatorRegistry({ machine: this.#machine, sendFailures: () => this.#udp?.failures ?? 0 });
    this.#metrics = new MovableServer("metrics.listen", (address) => serveMetrics(address, registry));
    this.#prefixes = new MovableServer("prefixes.listen", (address) =>
      HttpServer.listen(address, (url) => servePrefixes(this.#machine, url)),
    );
  }

  /** Starts. When it rejects, everything that was started is stopped. */
  async start(): Promise<{ readonly ended: Promise<OwnEnd> }> {
    try {
      const { tls, prefixes, metrics } = this.#file;
      // First: it refuses when another coordinator runs.
      this.#control = await this.#listenForControl();
      this.#certificate = await loadCertificate(this.#file);
      const listener = new TlsListener(this.#driver, this.#certificate);
      this.#tls = listener;
      this.#udp = await this.#bindUdp();
      this.#driver.attach({ tls: listener, udp: this.#udp });
      await this.#prefixes.start(addressOf(prefixes));
      await this.#metrics.start(addressOf(metrics));
      // Last: peers connect only when everything else is ready.
      const ports: number[] = [];
      for (const { address, port } of tls.listen.map(endpointOf)) ports.push(await listener.listen(address, port));
      this.#tlsPorts = ports;
      // It only ends by a signal.
      return { ended: new Promise(() => {}) };
    } catch (error) {
      await this.#stopAll();
      throw error;
    }
  }

  /** For the log. */
  get summary(): Readonly<Record<string, unknown>> {
    return {
      pin: this.#certificate?.pin,
      ports: this.#tlsPorts,
      udp: this.#udp?.ports,
      enrolment: this.#file.enrolment.mode,
      prefixesPort: this.#prefixes.port,
      metricsPort: this.#metrics.port,
      control: socketPathOf(this.#file),
    };
  }

  async lookAlive(): Promise<string> {
    const { v6peersRegistered, v4peersRegistered, pairs } = this.#machine.status();
    return `${v6peersRegistered} IPv6 peers, ${v4peersRegistered} IPv4 peers, ${pairs} pairs`;
  }

  /** Tells the peers, waits for `timers.drain` (or until `forceStop`), says goodbye and stops. Never rejects. */
  async stop(forceStop: AbortSignal): Promise<void> {
    const seconds = this.#file.timers.drain;
    this.#driver.do((now) => this.#machine.drain(seconds, now));
    await sleep(seconds * 1000, undefined, { signal: forceStop }).catch(() => {});
    this.#driver.do((now) => this.#machine.stop("restart", RECONNECT_AFTER_SECONDS, now));
    await this.#stopAll();
  }

  async #stopAll(): Promise<void> {
    await this.#tls?.stop();
    await this.#metrics.close();
    await this.#prefixes.close();
    this.#udp?.close();
    this.#driver.stop();
    await this.#control?.close();
  }

  #bindUdp(): Promise<UdpSockets> {
    const { teredo, "prefix-proofs": proofs } = this.#file;
    const bindings = {
      primary: endpointOf(teredo["bind-primary"] ?? teredo.primary),
      secondary: endpointOf(teredo["bind-secondary"] ?? teredo.secondary),
      proofs: endpointOf(proofs.bind ?? proofs.source),
    };
    return UdpSockets.bind(bindings, (...datagram) => this.#driver.datagram(...datagram));
  }

  #listenForControl(): Promise<ControlServer> {
    const { group } = this.#file.control;
    return ControlServer.listen({
      path: socketPathOf(this.#file),
      program: "nat64-coordinator",
      methods: controlMethods({
        status: () => this.#status(),
        peers: (withAddresses) => this.#peers(withAddresses),
        reload: () => this.reloads.request(),
      }),
      group: group === undefined ? undefined : findGroup(group),
    });
  }

  #status(): Status {
    const daemon = {
      startedAt: this.#startedAt,
      config: this.reloads.status,
      pin: this.#certificate?.pin ?? "",
      enrolment: this.#file.enrolment.mode,
      limits: this.#options.limits,
    };
    return describeStatus(daemon, this.#machine.status(), new Date());
  }

  #peers(withAddresses: boolean): readonly PeerStatus[] {
    return this.#machine.peers().map((peer) => describePeer(peer, withAddresses, this.#clockStart));
  }

  /** Reads the file again, and puts it into use as a whole or not at all. */
  async #reload(): Promise<Reloaded> {
    const next = loadConfig(this.#path);
    // Both read files, which may have changed although their names did not.
    const enrolment = enrolmentOptions(next);
    const certificate = await loadCertificate(next);
    const { live, needsRestart, file } = planReload(this.#file, next);
    const use = (): void => {
      this.#tls?.setCertificate(certificate);
      this.#certificate = certificate;
      this.#driver.do((now) => this.#machine.setEnrolment(enrolment, now));
      this.#log.level = file.log.level;
      this.#file = file;
    };
    const problems = await changeAllOrNothing([
      ...(live.includes("metrics.listen") ? [() => this.#metrics.prepareMove(addressOf(file.metrics))] : []),
      ...(live.includes("prefixes.listen") ? [() => this.#prefixes.prepareMove(addressOf(file.prefixes))] : []),
      onCommit(use),
    ]);
    const summary = { pin: certificate.pin, enrolment: file.enrolment.mode };
    return { applied: live, needsRestart, problems, summary };
  }
}

/** `undefined` for `off`. */
function addressOf({ listen }: { readonly listen: string }): ListenAddress | undefined {
  return listen === "off" ? undefined : parseListen(listen);
}

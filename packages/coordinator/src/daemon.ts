/** The coordinator: everything that runs, in the order in which it starts; it stops in reverse. */
import { isDeepStrictEqual } from "node:util";
import { type ListenAddress, parseListen } from "@nat64/daemon-kit/config";
import { HttpServer, serveMetrics } from "@nat64/daemon-kit/metrics";
import type { Logger } from "pino";
import { type ConfigFile, loadConfig, machineOptions } from "./config/index.ts";
import { endpointOf, enrolmentOptions } from "./config/resolve.ts";
import { Coordinator } from "./machine/index.ts";
import { type Certificate, loadCertificate } from "./shell/certificate.ts";
import { Driver } from "./shell/driver.ts";
import { coordinatorRegistry } from "./shell/metrics.ts";
import { servePrefixes } from "./shell/prefix-list.ts";
import { TlsListener } from "./shell/tls-listener.ts";
import { UdpSockets } from "./shell/udp-sockets.ts";

/** Seconds after which peers may come back when the coordinator was stopped: it may be a restart. */
const RECONNECT_AFTER = 2;

export class Daemon {
  readonly #path: string;
  readonly #log: Logger;
  readonly #machine: Coordinator;
  readonly #driver: Driver;
  #file: ConfigFile;
  #certificate: Certificate | undefined;
  #tls: TlsListener | undefined;
  #udp: UdpSockets | undefined;
  #prefixes: HttpServer | undefined;
  #metrics: HttpServer | undefined;
  #tlsPorts: readonly number[] = [];

  /**
   * Throws an `Error` with a sentence if the file of peers cannot be used.
   *
   * @param path where `file` came from, and where {@link Daemon.reload} looks again
   */
  constructor(path: string, file: ConfigFile, log: Logger) {
    this.#path = path;
    this.#file = file;
    this.#log = log;
    this.#machine = new Coordinator(machineOptions(file), performance.now());
    this.#driver = new Driver(this.#machine, log);
  }

  /** Starts. When it rejects, everything that was started is stopped. */
  async start(): Promise<void> {
    try {
      const { teredo, tls, prefixes, metrics, "prefix-proofs": proofs } = this.#file;
      this.#certificate = await loadCertificate(this.#file);
      const listener = new TlsListener(this.#driver, this.#certificate);
      this.#tls = listener;
      const bindings = {
        primary: endpointOf(teredo["bind-primary"] ?? teredo.primary),
        secondary: endpointOf(teredo["bind-secondary"] ?? teredo.secondary),
        proofs: endpointOf(proofs.bind ?? proofs.source),
      };
      this.#udp = await UdpSockets.bind(bindings, (...datagram) => this.#driver.datagram(...datagram));
      this.#driver.attach({ tls: listener, udp: this.#udp });
      this.#prefixes = await listen(prefixes.listen, (address) =>
        HttpServer.listen(address, (url) => servePrefixes(this.#machine, url)),
      );
      this.#metrics = await this.#listenForMetrics(metrics.listen);
      // Last: peers come only when all the rest is there.
      const ports: number[] = [];
      for (const { address, port } of tls.listen.map(endpointOf)) {
        ports.push(await listener.listen(address, port));
      }
      this.#tlsPorts = ports;
    } catch (error) {
      await this.#stopAll();
      throw error;
    }
  }

  /** How many are here, in a short sentence. */
  get state(): string {
    const { v6peersRegistered, v4peersRegistered, pairs } = this.#machine.status();
    return `${v6peersRegistered} IPv6 peers, ${v4peersRegistered} IPv4 peers, ${pairs} pairs`;
  }

  /** What peers need to know, and where the rest is, for the log. */
  get summary(): Readonly<Record<string, unknown>> {
    return {
      pin: this.#certificate?.pin,
      ports: this.#tlsPorts,
      udp: this.#udp?.ports,
      enrolment: this.#file.enrolment.mode,
      prefixesPort: this.#prefixes?.port,
      metricsPort: this.#metrics?.port,
    };
  }

  /**
   * Reads the file again: who may enrol, the certificate and the log level are put into use, other changed keys are
   * named. A wrong file is refused as a whole and the old one stays. Never rejects.
   */
  async reload(): Promise<void> {
    try {
      const next = loadConfig(this.#path);
      const enrolment = enrolmentOptions(next);
      const certificate = await loadCertificate(next);
      this.#tls?.setCertificate(certificate);
      this.#driver.do((now) => this.#machine.setEnrolment(enrolment, now));
      this.#log.level = next.log.level;
      const needsRestart = changedTables(this.#file, next);
      this.#certificate = certificate;
      this.#file = {
        ...this.#file,
        enrolment: next.enrolment,
        tls: { ...next.tls, listen: this.#file.tls.listen },
        log: next.log,
      };
      if (needsRestart.length > 0) this.#log.warn({ tables: needsRestart }, "changed in the file, but needs a restart");
      this.#log.info({ pin: certificate.pin, enrolment: next.enrolment.mode }, "configuration reloaded");
    } catch (error) {
      const problems = (error as Error).message.split("\n");
      this.#log.error({ problems }, "new configuration refused, the old one stays");
    }
  }

  /** Tells the peers, waits as long as the file says (or until `hurry`), says goodbye and stops. Never rejects. */
  async stop(hurry: Promise<unknown>): Promise<void> {
    const seconds = this.#file.timers.drain;
    this.#driver.do((now) => this.#machine.drain(seconds, now));
    let timer: NodeJS.Timeout | undefined;
    const drained = new Promise((resolve) => {
      timer = setTimeout(resolve, seconds * 1000);
    });
    await Promise.race([drained, hurry]);
    clearTimeout(timer);
    this.#driver.do((now) => this.#machine.stop("restart", RECONNECT_AFTER, now));
    await this.#stopAll();
  }

  async #stopAll(): Promise<void> {
    await this.#tls?.stop();
    await this.#metrics?.close();
    await this.#prefixes?.close();
    this.#udp?.close();
    this.#driver.stop();
  }

  #listenForMetrics(where: string): Promise<HttpServer | undefined> {
    const registry = coordinatorRegistry({ machine: this.#machine, sendFailures: () => this.#udp?.failures ?? 0 });
    return listen(where, (address) => serveMetrics(address, registry));
  }
}

async function listen(
  where: string,
  serve: (address: ListenAddress) => Promise<HttpServer>,
): Promise<HttpServer | undefined> {
  const address = where === "off" ? undefined : parseListen(where);
  return address === undefined ? undefined : serve(address);
}

/** Tables of the file that changed and that a reload does not put into use. */
function changedTables(before: ConfigFile, after: ConfigFile): readonly string[] {
  const keys = Object.keys(before).filter((key) => !["enrolment", "log", "tls"].includes(key)) as (keyof ConfigFile)[];
  const changed: string[] = keys.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  return isDeepStrictEqual(before.tls.listen, after.tls.listen) ? changed : [...changed, "tls.listen"];
}

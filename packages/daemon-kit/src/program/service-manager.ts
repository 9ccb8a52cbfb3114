/**
 * What a daemon tells systemd (sd_notify(3), systemd.service(5) Type=notify): that it is ready, reloads, stops, how it is,
 * and that it still does its work. Without systemd (no NOTIFY_SOCKET) nothing is told to anybody.
 */
import type { Logger } from "pino";

/** Sends one datagram to a unix socket; throws when that fails. */
export type SendDatagram = (path: string, text: string) => void;

/** Looks whether the daemon does its work: a short sentence of how it is. Rejects when it does not. */
export type LookAlive = () => Promise<string>;

/** Milliseconds between two looks, when systemd watches less often or not at all. */
const MAX_INTERVAL_MS = 20_000;

/** Looks within the time after which systemd gives the daemon up: one that is late must not end it. */
const LOOKS_PER_WATCHDOG = 3;

/** Longest sentence that is told. */
const MAX_STATUS_LENGTH = 500;

/** The service manager, as a daemon sees it. */
export class ServiceManager {
  readonly #notify: (text: string) => void;
  readonly #log: Logger;
  readonly #isThere: boolean;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Takes what it needs out of the environment, so that programs which the daemon runs do not speak in its name.
   *
   * @param environment `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`
   */
  constructor(send: SendDatagram, log: Logger, environment: NodeJS.ProcessEnv = process.env) {
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: limit, WATCHDOG_PID: pid } = environment;
    for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
    const isOurs = pid === undefined || Number(pid) === process.pid;
    const milliseconds = isOurs && limit !== undefined ? Number(limit) / 1000 / LOOKS_PER_WATCHDOG : MAX_INTERVAL_MS;
    this.#log = log;
    this.#isThere = socket !== undefined && socket !== "";
    this.#interval = milliseconds >= 1 ? Math.min(milliseconds, MAX_INTERVAL_MS) : MAX_INTERVAL_MS;
    this.#notify = (text) => {
      if (!this.#isThere) return;
      try {
        send(socket as string, text);
      } catch (error) {
        log.warn({ reason: (error as Error).message }, "cannot report the service manager");
      }
    };
  }

  /** It does its work, for the first time or after a reload. */
  ready(): void {
    this.#notify("READY=1");
  }

  /** It reads its configuration again; {@link ServiceManager.ready} says when that is over. */
  reloading(): void {
    // CLOCK_MONOTONIC, which is also Node's.
    this.#notify(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  /** It is about to end. */
  stopping(): void {
    clearInterval(this.#timer);
    this.#notify("STOPPING=1\nSTATUS=stopping");
  }

  /** Reports the status regularly, and feeds the watchdog only while the daemon works. */
  watch(look: LookAlive): void {
    if (!this.#isThere) return;
    const report = async (): Promise<void> => {
      try {
        const status = (await look()).replaceAll("\n", " ").slice(0, MAX_STATUS_LENGTH);
        this.#notify(`WATCHDOG=1\nSTATUS=${status}`);
      } catch (error) {
        this.#log.error(
          { reason: (error as Error).message },
          "does not answer; the service manager is not told it did",
        );
      }
    };
    this.#timer = setInterval(report, this.#interval);
    this.#timer.unref();
    void report();
  }
}

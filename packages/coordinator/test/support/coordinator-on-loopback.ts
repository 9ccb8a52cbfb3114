/** The complete shell without the configuration, on loopback: real TLS, real UDP. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileRefusals, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import { pino } from "pino";
import { Coordinator, type CoordinatorOptions } from "../../src/machine/index.ts";
import { type Certificate, loadCertificate } from "../../src/shell/certificate.ts";
import { Driver } from "../../src/shell/driver.ts";
import { TlsListener } from "../../src/shell/tls-listener.ts";
import { UdpSockets } from "../../src/shell/udp-sockets.ts";
import { testOptions } from "./machine.ts";

export class CoordinatorOnLoopback {
  readonly logs: Record<string, unknown>[] = [];
  readonly directory: string = mkdtempSync(join(tmpdir(), "coordinator-"));
  machine!: Coordinator;
  driver!: Driver;
  tls!: TlsListener;
  udp!: UdpSockets;
  certificate!: Certificate;
  port4 = 0;
  port6 = 0;
  /** Proofs are sent to this port, because loopback does not have the prefix. */
  proofPort = 0;

  /** @param maxUnfinishedBytes see {@link TlsListener} */
  async start(more: Partial<CoordinatorOptions> = {}, maxUnfinishedBytes?: number): Promise<this> {
    const log = pino({ level: "debug" }, { write: (line: string) => this.logs.push(JSON.parse(line)) });
    let driver: Driver | undefined;
    const loopback = (port: number) => ({ address: "127.0.0.1", port });
    this.udp = await UdpSockets.bind(
      { primary: loopback(0), secondary: loopback(0), proofs: { address: "::1", port: 0 } },
      (...datagram) => driver?.datagram(...datagram),
    );
    const { ports } = this.udp;
    const options = testOptions(
      {},
      {
        primary: loopback(ports.primary),
        secondary: loopback(ports.secondary),
        addresses: ["192.0.2.1", "::1"],
        proofSource: { address: "::1", port: ports.proofs },
        refusals: compileRefusals({ allow: [...LABORATORY_BLOCKS, "127.0.0.0/8"] }),
        ...more,
      },
    );
    this.machine = new Coordinator(options, performance.now());
    driver = new Driver(this.machine, log);
    this.driver = driver;
    const path = join(this.directory, "key.pem");
    const tls = { listen: [], name: "coordinator.example", "self-signed": path };
    this.certificate = await loadCertificate({ tls } as unknown as Parameters<typeof loadCertificate>[0]);
    this.tls = new TlsListener(driver, this.certificate, maxUnfinishedBytes);
    driver.attach({
      tls: this.tls,
      udp: {
        sendTeredo: (...datagram) => this.udp.sendTeredo(...datagram),
        sendProof: (_address, _port, bytes) => this.udp.sendProof("::1", this.proofPort, bytes),
      },
    });
    this.port4 = await this.tls.listen("127.0.0.1", 0);
    this.port6 = await this.tls.listen("::1", 0);
    return this;
  }

  async stop(): Promise<void> {
    this.driver.do((now) => this.machine.stop("restart", 2, now));
    await this.tls.stop();
    this.udp.close();
    this.driver.stop();
    rmSync(this.directory, { recursive: true });
  }
}

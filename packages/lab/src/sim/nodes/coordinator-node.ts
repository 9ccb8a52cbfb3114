/** The coordinator's machine on a simulated host: streams for TLS, two UDP sockets over IPv4, proofs over IPv6. */
import { Coordinator, type CoordinatorOptions, DEFAULT_LIMITS, type Output } from "@nat64/coordinator/machine";
import { encodeFrame, FrameDecoder, PREFIX_PROOF_PORT } from "@nat64/peer-protocol";
import { bytesOf, formatIPv4, formatIPv6, parseIPv6, type Refusals, wordsOf } from "@nat64/rfc6052";
import type {
  Address,
  BothWaysOptions,
  Host,
  Simulation,
  Stream,
  StreamHandlers,
  Timer,
  UdpSocket,
} from "@nat64/simnet";
import { TEREDO_PORT } from "@nat64/teredo";
import { makeUdpPacket } from "../packets/udp-packet.ts";
import { TLS_PORT } from "./coordinator-link.ts";
import { exporterOf, simulationSuite } from "./suite.ts";

export interface CoordinatorNodeOptions {
  /** Primary and secondary, int32 words. */
  readonly ipv4: readonly [number, number];
  /** Sixteen bytes. */
  readonly ipv6: Uint8Array;
  readonly refusals: Refusals;
  readonly link: BothWaysOptions;
}

export class CoordinatorNode {
  readonly host: Host;
  readonly #simulation: Simulation;
  readonly #options: CoordinatorNodeOptions;
  #machine: Coordinator | undefined;
  #streams: Map<number, Stream> = new Map();
  #sockets: readonly UdpSocket[] = [];
  #timer: Timer | undefined;

  constructor(simulation: Simulation, options: CoordinatorNodeOptions) {
    this.#simulation = simulation;
    this.#options = options;
    const { ipv4, ipv6, link } = options;
    const start = (host: Host): void => this.#start(host);
    this.host = simulation.addHost("coordinator", { ipv4, ipv6: [{ address: ipv6 }], link, start });
  }

  /** The machine of this life; absent while the host is down. */
  get machine(): Coordinator | undefined {
    return this.host.isUp ? this.#machine : undefined;
  }

  #start(host: Host): void {
    const machine = new Coordinator(this.#machineOptions(host), this.#simulation.now);
    this.#machine = machine;
    this.#streams = new Map();
    this.#sockets = this.#options.ipv4.map((own, socket) =>
      host.bindUdp(
        TEREDO_PORT,
        (bytes, address, port) =>
          this.#do((now) => machine.receiveDatagram(socket as 0 | 1, address, port, bytes.slice(), now)),
        own,
      ),
    );
    host.listen(TLS_PORT, (stream) => this.#accept(machine, stream));
    this.#timer = host.timer(() => this.#do((now) => machine.advance(now)));
  }

  #machineOptions({ random }: Host): CoordinatorOptions {
    const { ipv4, ipv6, refusals } = this.#options;
    const [primary, secondary] = ipv4.map(formatIPv4);
    const own = formatIPv6(wordsOf(ipv6));
    return {
      suite: simulationSuite(random),
      addresses: [primary, secondary, own],
      primary: { address: primary, port: TEREDO_PORT },
      secondary: { address: secondary, port: TEREDO_PORT },
      proofSource: { address: own, port: PREFIX_PROOF_PORT },
      refusals,
      enrolment: { mode: "open", peers: [], invites: [] },
      keepAliveSeconds: 30,
      solicitationIntervalSeconds: 25,
      limits: DEFAULT_LIMITS,
      software: "simulation",
    };
  }

  #accept(machine: Coordinator, stream: Stream): StreamHandlers {
    const decoder = new FrameDecoder();
    const { id } = stream;
    this.#streams.set(id, stream);
    this.#do((now) => machine.connectionOpened(id, textOf(stream.ends.remoteAddress), now));
    return {
      onOpen: () => this.#do((now) => machine.connectionSecured(id, exporterOf(id), now)),
      onBytes: (bytes) => {
        for (const event of decoder.push(bytes)) this.#do((now) => machine.receiveFrame(id, event, now));
      },
      onClose: () => {
        this.#streams.delete(id);
        this.#do((now) => machine.connectionClosed(id, "lost", now));
      },
    };
  }

  #do(input: (now: number) => readonly Output[]): void {
    for (const output of input(this.#simulation.now)) this.#carryOut(output);
    this.#timer?.set((this.#machine as Coordinator).nextDeadline());
  }

  #carryOut(output: Output): void {
    if (output.kind === "message") {
      this.#streams.get(output.connection)?.write(encodeFrame(output.message));
    } else if (output.kind === "close") {
      this.#streams.get(output.connection)?.close();
      this.#streams.delete(output.connection);
    } else if (output.kind === "datagram") {
      this.#sockets[output.from].send(output.bytes, output.address, output.port);
    } else if (output.kind === "proof") {
      const source = { address: this.#options.ipv6, port: PREFIX_PROOF_PORT };
      const destination = { address: bytesOf(parseIPv6(output.address)), port: output.port };
      this.host.sendIPv6(makeUdpPacket(source, destination, output.bytes));
    }
  }
}

function textOf(address: Address): string {
  return typeof address === "number" ? formatIPv4(address) : formatIPv6(wordsOf(address));
}

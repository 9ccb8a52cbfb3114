/** A coordinator without I/O: its clock is a number, its randomness a seed, its connections are arrays. */
import { createHash } from "node:crypto";
import {
  type CryptoSuite,
  EXPORTER,
  type FrameEvent,
  type Message,
  type MessageOf,
  type MessageType,
} from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, LABORATORY_BLOCKS, parseIPv4 } from "@nat64/rfc6052";
import {
  Coordinator,
  type CoordinatorOptions,
  DEFAULT_LIMITS,
  type Limits,
  type LogEvent,
  type SendDatagram,
  type SendProof,
} from "../../src/machine/index.ts";

/** Random bytes that are the same in every run. */
export function seededSuite(seed: string): CryptoSuite {
  let count = 0;
  return {
    ...nodeSuite,
    randomBytes: (length) => {
      let bytes = new Uint8Array(0);
      while (bytes.length < length) {
        const more = createHash("sha256").update(`${seed} ${count++}`).digest();
        bytes = Uint8Array.from([...bytes, ...more]);
      }
      return bytes.slice(0, length);
    },
  };
}

export const PRIMARY = { address: "192.0.2.1", port: 3544 } as const;
export const SECONDARY = { address: "192.0.2.2", port: 3544 } as const;

export function testOptions(limits: Partial<Limits> = {}, more: Partial<CoordinatorOptions> = {}): CoordinatorOptions {
  return {
    suite: seededSuite("coordinator"),
    addresses: ["192.0.2.1", "192.0.2.2", "2001:db8:c::1"],
    primary: PRIMARY,
    secondary: SECONDARY,
    proofSource: { address: "2001:db8:c::1", port: 3544 },
    refusals: compileRefusals({ allow: LABORATORY_BLOCKS }),
    enrolment: { mode: "open", peers: [], invites: [] },
    keepAliveSeconds: 30,
    solicitationIntervalSeconds: 25,
    limits: { ...DEFAULT_LIMITS, ...limits },
    software: "test",
    ...more,
  };
}

/** One end of a connection, as the peer sees it. */
export interface Line {
  readonly id: number;
  readonly exporter: Uint8Array;
  readonly inbox: Message[];
  isClosed: boolean;
}

/** A coordinator and the outside world. Only `wait` advances the time. */
export class World {
  machine: Coordinator;
  readonly #options: CoordinatorOptions;
  #restarts = 0;
  readonly lines: Map<number, Line> = new Map();
  readonly datagrams: SendDatagram[] = [];
  readonly proofs: SendProof[] = [];
  readonly logs: LogEvent[] = [];
  now = 1_000;
  #next = 1;

  constructor(options: CoordinatorOptions = testOptions()) {
    this.#options = options;
    this.machine = new Coordinator(options, this.now);
  }

  /** The coordinator crashes and restarts: it has forgotten everything, and all connections are closed. */
  restart(): void {
    for (const line of this.lines.values()) line.isClosed = true;
    const suite = seededSuite(`restarted ${this.#restarts++}`);
    this.machine = new Coordinator({ ...this.#options, suite }, this.now);
  }

  /** A connection with TLS. */
  connect(address = "2001:db8:1::1"): Line {
    const id = this.#next++;
    const exporter = new Uint8Array(EXPORTER.length).fill(id);
    const line: Line = { id, exporter, inbox: [], isClosed: false };
    this.lines.set(id, line);
    this.#take(this.machine.connectionOpened(id, address, this.now));
    this.#take(this.machine.connectionSecured(id, exporter, this.now));
    return line;
  }

  send(line: Line, message: object): void {
    this.event(line, { ok: true, object: message as Record<string, unknown> });
  }

  event(line: Line, event: FrameEvent): void {
    this.#take(this.machine.receiveFrame(line.id, event, this.now));
  }

  /** The connection breaks without goodbye. */
  cut(line: Line): void {
    line.isClosed = true;
    this.#take(this.machine.connectionClosed(line.id, "lost", this.now));
  }

  /** @param from `address:port` */
  datagram(from: string, payload: Uint8Array, socket: 0 | 1 = 0): void {
    const [address, port] = from.split(":");
    this.#take(this.machine.receiveDatagram(socket, parseIPv4(address), Number(port), payload, this.now));
  }

  /** Lets time pass, deadline by deadline. */
  wait(milliseconds: number): void {
    const end = this.now + milliseconds;
    while (this.machine.nextDeadline() <= end) {
      this.now = Math.max(this.now, this.machine.nextDeadline());
      this.#take(this.machine.advance(this.now));
    }
    this.now = end;
    this.#take(this.machine.advance(end));
  }

  do(input: (machine: Coordinator, now: number) => ReturnType<Coordinator["advance"]>): void {
    this.#take(input(this.machine, this.now));
  }

  #take(outputs: ReturnType<Coordinator["advance"]>): void {
    for (const output of outputs) {
      if (output.kind === "message") this.lines.get(output.connection)?.inbox.push(structuredClone(output.message));
      else if (output.kind === "close") {
        const line = this.lines.get(output.connection);
        if (line !== undefined) line.isClosed = true;
      } else if (output.kind === "datagram") this.datagrams.push(output);
      else if (output.kind === "proof") this.proofs.push(output);
      else this.logs.push(output);
    }
  }
}

/** Removes the first message of a type from an inbox and returns it; throws if there is none. */
export function take<T extends MessageType>({ inbox }: Line, type: T): MessageOf<T> {
  const index = inbox.findIndex((message) => message.type === type);
  if (index < 0) throw new Error(`no ${type}, but ${JSON.stringify(inbox)}`);
  return inbox.splice(index, 1)[0] as MessageOf<T>;
}

/** The types of all messages in an inbox, which is then empty. */
export function typesIn({ inbox }: Line): readonly string[] {
  return inbox.splice(0).map(({ type }) => type);
}

/** The codes of the errors in an inbox, which is then empty. */
export function errorsIn({ inbox }: Line): readonly string[] {
  return inbox.splice(0).flatMap((message) => (message.type === "error" ? [message.code] : []));
}

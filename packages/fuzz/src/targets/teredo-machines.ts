/** A Teredo relay, server and client: any sequence of packets, datagrams and time. */
import {
  type Endpoint,
  encodeDatagram,
  makeBubble,
  makeRouterSolicitation,
  type RelayOutput,
  type SendDatagram,
  TeredoClient,
  TeredoRelay,
  TeredoServer,
} from "@nat64/teredo";
import { InputReader } from "../input/reader.ts";
import { address, concat, ipv6, PROTOCOL, u16, udp } from "../packets/build.ts";
import { mustHold, type Target } from "../target.ts";

const MOST_STEPS = 200;
const PEERS = 4;
const QUEUE_BYTES = 2048;
const TOTAL_QUEUE_BYTES = 4096;

const server: Endpoint = { address: 0xc6336401 | 0, port: 3544 };
const second: Endpoint = { address: 0xc6336402 | 0, port: 3544 };
const mapping: Endpoint = { address: 0xc0000205 | 0, port: 40_000 };
const own: Endpoint = { address: 0xcb007109 | 0, port: 3545 };
const ADDRESSES: readonly number[] = [server, second, mapping, own].map((each) => each.address).concat(0x0a000001, 0);
const PORTS: readonly number[] = [3544, 40_000, 3545, 0, 1];
const native = "2001:db8:64::198.51.100.2";
const client = "2001:0:c633:6401:8000:63bf:3fff:fdfa";
const local = address("fe80::ffff:ffff:ffff");
const authentication = {
  clientIdentifier: Uint8Array.of(1),
  authenticationValue: new Uint8Array(200),
  nonce: new Uint8Array(8),
  confirmation: 0,
};

/** Everything but 10.0.0.0/8 and 0.0.0.0/8, so that there are addresses that must never be sent to. */
const isGlobalUnicast = (word: number): boolean => word >>> 24 !== 10 && word >>> 24 !== 0;

const toClient = ipv6({ source: native, destination: client, protocol: PROTOCOL.udp, payload: udp(53, 1) });
const fromClient = ipv6({ source: client, destination: native, protocol: PROTOCOL.udp, payload: udp(1, 53) });
const bubble = makeBubble(address(client), address(native));

export const target: Target = {
  maxBytes: 2048,
  seeds: [
    concat(step(0, toClient), step(1, bubble), step(1, fromClient), [3, 200], step(0, toClient)),
    concat(step(2, encodeDatagram({ authentication, packet: makeRouterSolicitation(local, 64) }))),
    concat(step(2, makeBubble(address(native), address(client))), [4, 255], [4, 255]),
    concat(step(5, encodeDatagram({ origin: own, packet: makeBubble(address(native), address(client)) }))),
    concat([6, 0, 1], [3, 255], [3, 255], [3, 255]),
  ],
  run: (input) => new World().run(new InputReader(input)),
};

/** All three machines, in one time. */
class World {
  #now = 0;
  #word = 1;
  readonly #random = (): number => (this.#word = Math.imul(this.#word, 0x41c64e6d) + 12345);
  readonly #relay = new TeredoRelay({
    serves: [{ address: address("2001:db8:64::"), length: 80 }],
    errorSource: address("2001:db8:64::ffff:0:1"),
    own: [own],
    isGlobalUnicast,
    hashKey: [1, 2],
    random: this.#random,
    peers: PEERS,
    queueBytes: QUEUE_BYTES,
    totalQueueBytes: TOTAL_QUEUE_BYTES,
  });
  readonly #server = new TeredoServer({
    address: server.address,
    hasSecondSocket: true,
    own: [server, second],
    isGlobalUnicast,
    hashKey: [3, 4],
    answersNoShorter: true,
    authenticate: ({ nonce }) => concat(nonce, nonce),
  });
  readonly #client = new TeredoClient(
    {
      server,
      second,
      clientIdentifier: Uint8Array.of(1),
      authenticate: (nonce) => concat(nonce, nonce),
      random: this.#random,
      isGlobalUnicast,
      paddingBytes: 56,
    },
    0,
  );

  run(reader: InputReader): void {
    for (let left = MOST_STEPS; reader.hasMore && left > 0; left--) {
      this.#step(reader);
      this.#look();
    }
    this.#rest();
  }

  #step(reader: InputReader): void {
    const kind = reader.below(7);
    switch (kind) {
      case 0:
        this.#checkRelay(this.#relay.receivePacket(reader.bytes(1500), this.#now));
        break;
      case 1:
        this.#checkRelay(this.#relay.receiveDatagram(...this.#datagram(reader), this.#now));
        break;
      case 2:
        this.#serve(reader);
        break;
      case 3:
        this.#now += reader.byte() * 100;
        this.#advance();
        break;
      case 4:
        this.#now += reader.byte() * 10;
        break;
      case 5:
        this.#hear(...this.#datagram(reader));
        break;
      default:
        this.#exchange(reader.word());
    }
  }

  #datagram(reader: InputReader): [number, number, Uint8Array] {
    return [reader.pick(ADDRESSES), reader.pick(PORTS), reader.bytes(1500)];
  }

  #serve(reader: InputReader): void {
    const [from, port, payload] = this.#datagram(reader);
    const [output] = this.#server.receiveDatagram(0, from, port, payload, this.#now);
    if (output?.kind !== "datagram") return;
    mustHold(output.bytes.length <= payload.length, "an answer is no longer than the question");
    mustHold(output.address === from && output.port === port, "an answer goes to the sender");
  }

  #hear(from: number, port: number, payload: Uint8Array): void {
    for (const output of this.#client.receiveDatagram(from, port, payload, this.#now)) {
      if (output.kind === "datagram") this.#check([output]);
      if (output.kind !== "bubble") continue;
      this.#check(this.#client.answerBubble(output.teredo, output.source, output.relay, this.#now));
    }
  }

  /** The client asks the real server through a NAT, so that it gets further than strangers can bring it. */
  #exchange(port: number): void {
    for (const output of this.#client.advance(this.#now)) {
      if (output.kind !== "datagram") continue;
      const from = { address: mapping.address, port: port === 0 ? 40_000 : port };
      const [answer] = this.#server.receiveDatagram(0, from.address, from.port, output.bytes, this.#now);
      if (answer?.kind === "datagram") this.#hear(output.address, output.port, answer.bytes);
    }
  }

  #advance(): void {
    this.#checkRelay(this.#relay.advance(this.#now));
    for (const output of this.#client.advance(this.#now)) if (output.kind === "datagram") this.#check([output]);
  }

  #checkRelay(outputs: readonly RelayOutput[]): void {
    this.#check(outputs);
    for (const output of outputs)
      if (output.kind === "datagram")
        mustHold(output.address !== own.address || output.port !== own.port, "a relay sends nothing to itself");
  }

  #check(outputs: readonly (SendDatagram | { readonly kind: string; readonly bytes: Uint8Array })[]): void {
    mustHold(outputs.length <= 64, "an input causes a bounded number of outputs");
    for (const output of outputs) {
      if (!("address" in output)) continue;
      mustHold(isGlobalUnicast(output.address) && output.port > 0, "datagrams go to global unicast addresses only");
    }
  }

  #look(): void {
    mustHold(this.#relay.peerCount <= PEERS, "the table of peers is bounded");
    mustHold(this.#relay.queuedBytes <= TOTAL_QUEUE_BYTES, "the queues are bounded");
    mustHold(!Number.isNaN(this.#relay.nextDeadline()), "the relay has a deadline or none");
    mustHold(Number.isFinite(this.#client.nextDeadline()), "the client always has a deadline");
  }

  /** Without input, the relay forgets everything. */
  #rest(): void {
    for (let left = 10_000; Number.isFinite(this.#relay.nextDeadline()); left--) {
      mustHold(left > 0, "the relay's timers end");
      this.#now = Math.max(this.#now, this.#relay.nextDeadline());
      this.#checkRelay(this.#relay.advance(this.#now));
    }
    mustHold(this.#relay.peerCount === 0 && this.#relay.queuedBytes === 0, "a relay without packets is empty again");
  }
}

/** A step of a seed: its kind, then the source of a datagram if it has one, then the bytes. */
function step(kind: number, bytes: Uint8Array): Uint8Array {
  const source = kind === 0 ? [] : kind === 5 ? [0, 0] : [2, 1];
  return concat([kind], source, u16(bytes.length), bytes);
}

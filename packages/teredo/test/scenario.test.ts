/** Relay, server and client together over a small simulated internet, with virtual time. */
import { describe, expect, it } from "vitest";
import {
  type ClientOutput,
  decodeDatagram,
  type Endpoint,
  isBubble,
  type RelayOptions,
  type RelayOutput,
  TeredoClient,
  TeredoRelay,
  TeredoServer,
} from "../src/index.ts";
import { hex } from "./captured.ts";
import {
  HOME,
  isGlobalUnicast,
  NATIVE,
  packet,
  RELAY,
  RELAY_OPTIONS,
  SERVER,
  SERVER_2,
  SERVER_OPTIONS,
} from "./fixtures.ts";
import { Nat, type NatBehaviour, World, words } from "./world.ts";

const RELAY_PORT = 3545;
const CLIENT_PORT = 5_000;
const RANDOM_BITS = 0x5a5;

/** How the server's bubbles reach the client: as datagrams (standard) or over TLS (modified Teredo). */
type Way = "datagram" | "tls";

class Scene {
  readonly world: World = new World();
  readonly relay: TeredoRelay;
  readonly server: TeredoServer = new TeredoServer(SERVER_OPTIONS);
  readonly client: TeredoClient;
  readonly nat: Nat;
  /** IPv6 packets that arrived at each end. */
  readonly toNative: Uint8Array[] = [];
  readonly toClient: Uint8Array[] = [];
  readonly events: ClientOutput[] = [];
  readonly #way: Way;

  constructor(behaviour: NatBehaviour, way: Way, options: Partial<RelayOptions> = {}) {
    const { world } = this;
    this.#way = way;
    this.relay = new TeredoRelay({ ...RELAY_OPTIONS, random: words(3), ...options });
    this.client = new TeredoClient(
      {
        server: { address: SERVER, port: 3544 },
        second: { address: SERVER_2, port: 3544 },
        clientIdentifier: hex("01"),
        authenticate: () => hex("02"),
        random: words(11),
        isGlobalUnicast,
      },
      0,
    );
    this.nat = new Nat(world, HOME, behaviour, (from, fromPort, _to, _port, bytes) =>
      this.#atClient(from, fromPort, bytes),
    );
    world.attach(RELAY, (from, fromPort, _to, _port, bytes) =>
      this.#relayDoes(this.relay.receiveDatagram(from, fromPort, bytes, world.now)),
    );
    world.attach(SERVER, (from, fromPort, _to, _port, bytes) => this.#atServer(0, from, fromPort, bytes));
    world.attach(SERVER_2, (from, fromPort, _to, _port, bytes) => this.#atServer(1, from, fromPort, bytes));
    world.drive({
      nextDeadline: () => this.relay.nextDeadline(),
      run: () => this.#relayDoes(this.relay.advance(world.now)),
    });
    world.drive({
      nextDeadline: () => this.client.nextDeadline(),
      run: () => this.#clientDoes(this.client.advance(world.now)),
    });
  }

  get teredo(): Uint8Array {
    return this.client.teredoAddress(RANDOM_BITS)!;
  }

  /** The native side sends a packet. */
  native(mark: number): void {
    this.#relayDoes(this.relay.receivePacket(packet(NATIVE, this.teredo, mark), this.world.now));
  }

  /** The client sends a packet to the source of the last one. */
  reply(mark: number, from: Uint8Array = this.teredo): void {
    this.nat.send(CLIENT_PORT, RELAY, RELAY_PORT, packet(from, NATIVE, mark));
  }

  bubblesTo(address: number): number {
    return this.world.wire.filter(({ to, bytes }) => to === address && isBubble(bytes, 0)).length;
  }

  #relayDoes(outputs: readonly RelayOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "packet") this.toNative.push(output.bytes);
      else this.world.send(RELAY, RELAY_PORT, output.address, output.port, output.bytes);
    }
  }

  #clientDoes(outputs: readonly ClientOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "datagram") this.nat.send(CLIENT_PORT, output.address, output.port, output.bytes);
      else if (output.kind === "bubble") this.#answer(output.teredo, output.source, output.relay);
      else this.events.push(output);
    }
  }

  #answer(teredo: Uint8Array, source: Uint8Array, relay: Endpoint): void {
    const [bubble] = this.client.answerBubble(teredo, source, relay, this.world.now);
    if (bubble !== undefined) this.nat.send(CLIENT_PORT, bubble.address, bubble.port, bubble.bytes);
  }

  #atClient(from: number, fromPort: number, bytes: Uint8Array): void {
    if (this.client.isFromServer(from, fromPort)) {
      this.#clientDoes(this.client.receiveDatagram(from, fromPort, bytes, this.world.now));
      return;
    }
    const decoded = decodeDatagram(bytes);
    if (decoded.ok) this.toClient.push(decoded.datagram.packet);
  }

  #atServer(socket: 0 | 1, from: number, fromPort: number, bytes: Uint8Array): void {
    const [output] = this.server.receiveDatagram(socket, from, fromPort, bytes, this.world.now);
    if (output?.kind === "datagram") {
      this.world.send(output.from === 0 ? SERVER : SERVER_2, 3544, output.address, output.port, output.bytes);
    } else if (output?.kind === "bubble" && this.#way === "datagram") {
      this.world.send(SERVER, 3544, output.client.mappedAddress, output.client.mappedPort, output.datagram);
    } else if (output?.kind === "bubble") {
      this.#answer(output.destination, output.source, output.sender);
    }
  }
}

const marks = (packets: readonly Uint8Array[]): readonly number[] => packets.map((bytes) => bytes[40]);

const NATS = ["full-cone", "port-restricted", "symmetric"] as const;
const CASES = NATS.flatMap((nat) => (["datagram", "tls"] as const).map((way) => [nat, way] as const));

describe.each(CASES)("behind a %s NAT, with the bubble over %s", (behaviour, way) => {
  it("packets go both ways, including the first one, in order", () => {
    const scene = new Scene(behaviour, way);
    scene.world.pass(1_000);
    expect(scene.client.mappingBehaviour).toBe(behaviour === "symmetric" ? "symmetric" : "cone-or-port-restricted");
    for (const mark of [1, 2, 3]) scene.native(mark);
    scene.world.pass(1_000);
    expect(marks(scene.toClient)).toEqual([1, 2, 3]);
    scene.reply(4);
    scene.native(5);
    scene.world.pass(1_000);
    expect(marks(scene.toNative)).toEqual([4]);
    expect(marks(scene.toClient)).toEqual([1, 2, 3, 5]);
    expect(scene.relay.counters.mappingsMoved).toBe(behaviour === "symmetric" ? 1 : 0);
  });

  it("one lost bubble costs two seconds, not the packet", () => {
    const scene = new Scene(behaviour, way);
    scene.world.pass(1_000);
    let lost = 0;
    scene.world.lose = ({ to, bytes }) => to === SERVER && isBubble(bytes, 0) && lost++ === 0;
    scene.native(1);
    scene.world.pass(1_900);
    expect(scene.toClient).toEqual([]);
    scene.world.pass(1_000);
    expect(marks(scene.toClient)).toEqual([1]);
  });

  it("after 35 s of silence it starts with a bubble again and works", () => {
    const scene = new Scene(behaviour, way);
    scene.world.pass(1_000);
    scene.native(1);
    scene.world.pass(35_000);
    expect(scene.relay.peerCount).toBe(0);
    scene.native(2);
    scene.world.pass(1_000);
    expect(marks(scene.toClient)).toEqual([1, 2]);
  });

  it("a NAT that loses its state is noticed at the next solicitation, and a new address works", () => {
    const scene = new Scene(behaviour, way);
    scene.world.pass(1_000);
    scene.native(1);
    scene.world.pass(1_000);
    const before = scene.teredo;
    scene.nat.forget();
    scene.world.pass(25_000);
    expect(scene.events.filter((event) => event.kind === "mapped").map(({ news }) => news)).toContain("moved");
    expect(scene.teredo).not.toEqual(before);
    scene.native(2);
    scene.world.pass(1_000);
    expect(marks(scene.toClient)).toEqual([1, 2]);
  });
});

describe("a client that has disappeared", () => {
  it("causes four bubbles in 300 s, and the native host gets an error", () => {
    const scene = new Scene("port-restricted", "datagram");
    scene.world.pass(1_000);
    // Forwarded bubbles have this length, advertisements are longer.
    scene.world.lose = ({ to, bytes }) => to === HOME && bytes.length === 48;
    for (let second = 0; second < 300; second++) {
      scene.native(1);
      scene.world.pass(1_000);
    }
    expect(scene.bubblesTo(SERVER)).toBe(4);
    const unreachable = scene.toNative.filter((bytes) => bytes[40] === 1 && bytes[41] === 3);
    expect(unreachable.length).toBeGreaterThan(200);
    scene.world.lose = () => false;
    scene.world.pass(30_000);
    scene.native(9);
    scene.world.pass(1_000);
    expect(marks(scene.toClient)).toEqual([9]);
  });
});

describe("a flood of bubbles through the server", () => {
  it("makes the client send no more than its limits to the relay", () => {
    const scene = new Scene("port-restricted", "tls");
    scene.world.pass(1_000);
    for (let i = 0; i < 1_000; i++) {
      const bubble = packet(NATIVE, scene.teredo, 0, 0, 59);
      scene.world.send(RELAY, RELAY_PORT, SERVER, 3544, bubble);
      scene.world.pass(20);
    }
    const sent = scene.world.wire.filter(({ from, to, bytes }) => from === HOME && to === RELAY && isBubble(bytes, 0));
    expect(sent).toHaveLength(4);
    expect(scene.server.counters.drops["server-rate"]).toBeGreaterThan(700);
  });
});

describe("a relay that is behind a NAT itself", () => {
  it("reaches a client behind a full cone by its direct bubble", () => {
    const scene = new Scene("full-cone", "datagram", { directBubbles: true });
    scene.world.pass(1_000);
    scene.native(1);
    scene.world.pass(1_000);
    expect(scene.bubblesTo(HOME)).toBe(1);
    expect(marks(scene.toClient.filter((bytes) => !isBubble(bytes, 0)))).toEqual([1]);
  });
});

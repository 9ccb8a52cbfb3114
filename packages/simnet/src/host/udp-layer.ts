import type { Packet } from "../packet/packet.ts";
import type { Random } from "../random/random.ts";
import { SimulationError } from "../simulation-error.ts";
import type { Life } from "../time/life.ts";
import { type DatagramHandler, type SendUdp, UdpSocket } from "./udp-socket.ts";

/** Ephemeral ports (RFC 6335 §6). */
const FIRST_EPHEMERAL = 49_152;
const EPHEMERALS = 16_384;

/** The UDP sockets of one life of a host. */
export class UdpLayer {
  readonly #life: Life;
  readonly #random: Random;
  readonly #send: SendUdp;
  /** By port; a port has one socket per address. */
  readonly #sockets: Map<number, UdpSocket[]> = new Map();

  constructor(life: Life, random: Random, send: SendUdp) {
    this.#life = life;
    this.#random = random;
    this.#send = send;
  }

  /** @param port 0 for a random ephemeral one */
  bind(address: number, port: number, onDatagram: DatagramHandler): UdpSocket {
    const chosen = port === 0 ? this.#chooseEphemeral(address) : port;
    if (this.#find(address, chosen) !== undefined) {
      throw new SimulationError("in-use", `UDP port ${chosen} of that address is in use.`);
    }
    const socket = new UdpSocket(address, chosen, onDatagram, this.#life, this.#send, (it) => this.#remove(it));
    this.#sockets.set(chosen, [...(this.#sockets.get(chosen) ?? []), socket]);
    return socket;
  }

  /** The socket that a packet is for. */
  socketOf(packet: Packet): UdpSocket | undefined {
    return this.#find(packet.destination0, packet.destinationPort);
  }

  #find(address: number, port: number): UdpSocket | undefined {
    const sockets = this.#sockets.get(port);
    if (sockets === undefined) return undefined;
    for (const socket of sockets) if (socket.address === address) return socket;
    return undefined;
  }

  #remove(socket: UdpSocket): void {
    const others = (this.#sockets.get(socket.port) ?? []).filter((other) => other !== socket);
    if (others.length > 0) this.#sockets.set(socket.port, others);
    else this.#sockets.delete(socket.port);
  }

  #chooseEphemeral(address: number): number {
    const start = this.#random.below(EPHEMERALS);
    for (let step = 0; step < EPHEMERALS; step++) {
      const port = FIRST_EPHEMERAL + ((start + step) % EPHEMERALS);
      if (this.#find(address, port) === undefined) return port;
    }
    throw new SimulationError("in-use", "All ephemeral UDP ports of that address are in use.");
  }
}

/**
 * Traffic of many clients, made packet by packet so that neighbours in a batch are strangers: half of it to servers by way
 * of the local exit, half pinned to peer exit 1. Flow 4n + 3 is TCP, the others are UDP.
 */
import { createBatch, RESERVE } from "../dist/index.js";

const BATCH = 128;
const PITCH = 192;
const HEADROOM = 64;
/** Destinations that each client port talks to. */
const FAN_OUT = 8;

const POOL = [0x20, 0x01, 0x0d, 0xb8, 0, 0x64, 0, 0, 0, 0];
export const SELECTOR = 9;
export const FLAG = { syn: 2, rst: 4, ack: 16, finAck: 17 };
/** Teredo address of exit 1, as words. */
export const TEREDO = [0x20010000, 0x01010101, 0x8000 << 16, ~0x08080808];

export class ScaleTraffic {
  #bytes = new Uint8Array(BATCH * PITCH + 2 * RESERVE);
  #seed = 0x9e3779b9;
  input = createBatch(this.#bytes, BATCH);
  output = createBatch(this.#bytes, BATCH + 512);

  /** @param flows number of flows that there are */
  constructor(flows) {
    this.flows = flows;
    /** Pool address and port of each flow, as the engine gave them; flows of the peer exit have no address. */
    this.address = new Int32Array(flows);
    this.port = new Uint16Array(flows);
  }

  /** A random word, the same sequence in every run. */
  random = () => {
    this.#seed ^= this.#seed << 13;
    this.#seed ^= this.#seed >>> 17;
    this.#seed ^= this.#seed << 5;
    return this.#seed | 0;
  };

  anyFlow = () => (this.random() >>> 0) % this.flows;

  isTcp(flow) {
    return (flow & 3) === 3;
  }

  isPinned(flow) {
    return flow >= this.flows >> 1;
  }

  /** Fills the input batch with packets from clients: those of `flowOf(0)`, `flowOf(1)`, … */
  fromClients(count, flowOf, flags = FLAG.ack) {
    this.input.count = count;
    for (let i = 0; i < count; i++) this.#writeOut(i, flowOf(i), flags);
  }

  /** Fills the input batch with answers of the servers. */
  fromServers(count, flowOf, flags = FLAG.ack) {
    this.input.count = count;
    for (let i = 0; i < count; i++) {
      const flow = flowOf(i);
      if (this.isPinned(flow)) this.#writeFromExit(i, flow, flags);
      else this.#writeBack(i, flow, flags);
    }
  }

  /** Notes which transport addresses the flows of the batch got: output slot i belongs to `flowOf(i)`. */
  learn(flowOf) {
    const { output } = this;
    for (let i = 0; i < output.count; i++) {
      const at = output.offset[i];
      const flow = flowOf(i);
      const is6 = output.bytes[at] >>> 4 === 6;
      if (!is6) this.address[flow] = read32(output.bytes, at + 12);
      const port = at + (is6 ? 40 : 20);
      this.port[flow] = (output.bytes[port] << 8) | output.bytes[port + 1];
    }
  }

  #writeOut(slot, flow, flags) {
    const at = this.#slot(slot, 40 + this.#upperLength(flow));
    const bytes = this.#bytes;
    this.#header6(at, flow);
    // A client /64 for every 64 ports.
    const endpoint = Math.floor(flow / FAN_OUT / 4) * 4 + (flow & 3);
    const client = endpoint >>> 6;
    bytes.set([0x20, 0x01, 0x0d, 0xb8, 0xc1, client >>> 16, client >>> 8, client, 0, 0, 0, 0, 0, 0, 0, 1], at + 8);
    this.#writeServer(at + 24, flow);
    this.#writeUpper(at + 40, flow, 1024 + (endpoint & 63) * 997, 443, flags);
  }

  #writeBack(slot, flow, flags) {
    const upper = this.#upperLength(flow);
    const at = this.#slot(slot, 20 + upper);
    const bytes = this.#bytes;
    bytes.fill(0, at, at + 20);
    bytes.set([0x45, 0, 0, 20 + upper, 0, 0, 0x40, 0, 60, this.isTcp(flow) ? 6 : 17], at);
    bytes.set(this.#server(flow), at + 12);
    write32(bytes, at + 16, this.address[flow]);
    let sum = 0;
    for (let i = 0; i < 20; i += 2) sum += (bytes[at + i] << 8) | bytes[at + i + 1];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    bytes.set([~sum >>> 8, ~sum], at + 10);
    this.#writeUpper(at + 20, flow, 443, this.port[flow], flags);
  }

  #writeFromExit(slot, flow, flags) {
    const at = this.#slot(slot, 40 + this.#upperLength(flow));
    this.#header6(at, flow);
    for (let i = 0; i < 4; i++) write32(this.#bytes, at + 8 + 4 * i, TEREDO[i]);
    this.#writeServer(at + 24, flow);
    this.#writeUpper(at + 40, flow, 443, this.port[flow], flags);
  }

  #slot(slot, length) {
    const at = slot * PITCH + HEADROOM;
    this.input.offset[slot] = at;
    this.input.length[slot] = length;
    return at;
  }

  #upperLength(flow) {
    return this.isTcp(flow) ? 20 : 12;
  }

  #header6(at, flow) {
    this.#bytes.set([0x60, 0, 0, 0, 0, this.#upperLength(flow), this.isTcp(flow) ? 6 : 17, 64], at);
  }

  #writeServer(at, flow) {
    const bytes = this.#bytes;
    bytes.set(POOL, at);
    bytes.set([0, this.isPinned(flow) ? SELECTOR : 0], at + 10);
    bytes.set(this.#server(flow), at + 12);
  }

  #server(flow) {
    return [198, 51, 100, 1 + ((flow >>> 2) % FAN_OUT)];
  }

  #writeUpper(at, flow, source, destination, flags) {
    const bytes = this.#bytes;
    bytes.set([source >>> 8, source, destination >>> 8, destination], at);
    if (this.isTcp(flow)) bytes.set([0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0xbe, 0xef, 0, 0], at + 4);
    else bytes.set([0, 12, 0xbe, 0xef, 0, 0, 0, 0], at + 4);
  }
}

function read32(bytes, at) {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function write32(bytes, at, value) {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

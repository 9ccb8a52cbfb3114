import { describe, expect, it } from "vitest";
import { PACKET_HELD } from "../../../src/state/held/held-packets.ts";
import type { Filtering, Nat64State } from "../../../src/state/nat64-state.ts";
import {
  ACK,
  createState,
  fromClient,
  fromServer,
  heldPackets,
  MINUTE,
  NO_BYTES,
  OTHER_SERVER,
  POOL,
  type ProtocolName,
  poolPort,
  reason,
  SERVER,
  SYN,
} from "../support.ts";

const filtered = -reason("filtered");
/** Dropped without an answer: an unsolicited SYN must not be answered for six seconds (RFC 5382 REQ-4). */
const silent = -reason("no-session");

/** A client with a session to port 80 of the server. */
function withSession(filtering: Filtering, protocol: ProtocolName): [Nat64State, number, number] {
  const state = createState({ filtering });
  const session = state.outbound(fromClient(protocol, 1, 4000, 80, SYN), SERVER, 9, 0, 1, 0);
  return [state, session, poolPort(state, session)];
}

describe.each<Filtering>(["endpoint-independent", "address-dependent", "address-and-port-dependent"])(
  "%s",
  (filtering) => {
    it.each<ProtocolName>(["tcp", "udp", "icmp"])("lets the endpoint of a %s session in", (protocol) => {
      const [state, session, port] = withSession(filtering, protocol);
      expect(state.inbound(NO_BYTES, fromServer(protocol, SERVER, 80, port, ACK), 0)).toBe(session);
    });

    it("RFC 6146 §3.5.1: drops UDP to a port without binding", () => {
      const [state, , port] = withSession(filtering, "udp");
      expect(state.inbound(NO_BYTES, fromServer("udp", SERVER, 80, port ^ 2), 0)).toBe(-reason("no-binding"));
    });

    it("lets anyone reach a static binding", () => {
      const client = fromClient("udp", 1, 0).tuple.source;
      const entry = { protocol: 1, client, clientPort: 53, exit: 0, poolAddress: POOL, poolPort: 5353, via: 4 };
      const state = createState({ filtering, staticEntries: [entry] });
      const session = state.inbound(NO_BYTES, fromServer("udp", OTHER_SERVER, 1, 5353), 0);
      expect(session).toBeGreaterThanOrEqual(0);
      expect(state.sessions.via(session)).toBe(4);
      state.expire(10 * MINUTE, 1000);
      expect([state.sessions.count, state.bindings.count]).toEqual([0, 1]);
    });
  },
);

it.each<ProtocolName>(["udp", "icmp"])(
  "RFC 6146 §3.5: endpoint-independent filtering makes a %s session for a new IPv4 endpoint",
  (protocol) => {
    const [state, session, port] = withSession("endpoint-independent", protocol);
    const other = state.inbound(NO_BYTES, fromServer(protocol, OTHER_SERVER, 99, port), 0);
    expect(other).not.toBe(session);
    expect(state.sessions.binding(other)).toBe(state.sessions.binding(session));
    expect(state.sessions.via(other)).toBe(9);
    expect(state.sessions.count).toBe(2);
  },
);

it.each<ProtocolName>(["udp", "icmp"])(
  "RFC 6146 §3.5: address-dependent filtering drops %s from new addresses",
  (protocol) => {
    const [state, , port] = withSession("address-dependent", protocol);
    expect(state.inbound(NO_BYTES, fromServer(protocol, OTHER_SERVER, 80, port), 0)).toBe(filtered);
    expect(state.sessions.count).toBe(1);
  },
);

it("RFC 6146 §3.5: address-dependent filtering lets another port of a known address in", () => {
  const [state, session, port] = withSession("address-dependent", "udp");
  const other = state.inbound(NO_BYTES, fromServer("udp", SERVER, 81, port), 0);
  expect(other).toBeGreaterThanOrEqual(0);
  expect(other).not.toBe(session);
});

it("RFC 6146 §3.5: an address is forgotten with its last session", () => {
  const state = createState({ filtering: "address-dependent" });
  const session = state.outbound(fromClient("udp", 1, 4000, 80), SERVER, 0, 0, 1, 0);
  state.outbound(fromClient("udp", 1, 4000, 81), SERVER, 0, 0, 1, 0);
  state.outbound(fromClient("udp", 1, 4000, 80), OTHER_SERVER, 0, 0, 1, 4 * MINUTE);
  const port = poolPort(state, session);
  state.end(session);
  expect(state.inbound(NO_BYTES, fromServer("udp", SERVER, 99, port), MINUTE)).toBeGreaterThanOrEqual(0);
  state.expire(7 * MINUTE, 1000);
  expect(state.sessions.count).toBe(1);
  expect(state.inbound(NO_BYTES, fromServer("udp", SERVER, 99, port), 7 * MINUTE)).toBe(filtered);
});

it("address-and-port-dependent filtering drops another port of a known address", () => {
  const [state, , port] = withSession("address-and-port-dependent", "udp");
  expect(state.inbound(NO_BYTES, fromServer("udp", SERVER, 81, port), 0)).toBe(filtered);
});

describe.each<Filtering>(["address-dependent", "address-and-port-dependent"])(
  "an unsolicited SYN under %s filtering",
  (filtering) => {
    const syn = (port: number) => {
      const header = fromServer("tcp", OTHER_SERVER, 80, port, SYN);
      header.offset = 100;
      return header;
    };
    const bytes = NO_BYTES.map((_, i) => i);

    function withHeldSyn() {
      const held = heldPackets();
      const state = createState({ filtering, held });
      const port = poolPort(state, state.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0));
      expect(state.inbound(bytes, syn(port), 1000)).toBe(PACKET_HELD);
      return { state, held, port };
    }

    it("RFC 6146 §3.5.2.2: waits for TCP_INCOMING_SYN, then is to be answered with Port Unreachable", () => {
      const { state, held } = withHeldSyn();
      expect(held.count).toBe(1);
      state.expire(6999, 1000);
      expect(state.expiry.unansweredSynCount).toBe(0);
      state.expire(8100, 1000);
      expect(state.expiry.unansweredSynCount).toBe(1);
      const copy = new Uint8Array(100);
      expect(held.copyTo(state.expiry.unansweredSyns[0], copy, 10)).toBe(40);
      expect(copy.subarray(10, 50)).toEqual(bytes.subarray(100, 140));
      state.expire(8200, 1000);
      expect([state.expiry.unansweredSynCount, held.count, state.sessions.count]).toEqual([0, 0, 1]);
    });

    it("RFC 6146 §3.5.2.2, RFC 5382 REQ-4: is dropped silently when the client opens at the same time", () => {
      const { state, held, port } = withHeldSyn();
      const session = state.outbound(fromClient("tcp", 1, 4000, 80, SYN), OTHER_SERVER, 0, 0, 1, 2000);
      expect(session).toBeGreaterThanOrEqual(0);
      expect(held.count).toBe(0);
      expect(state.inbound(bytes, syn(port), 3000)).toBe(session);
      state.expire(60_000, 1000);
      expect(state.expiry.unansweredSynCount).toBe(0);
      expect(state.sessions.count).toBe(2);
    });

    it("keeps everything else of that endpoint out while it waits", () => {
      const { state, held, port } = withHeldSyn();
      expect(state.inbound(bytes, syn(port), 2000)).toBe(silent);
      expect(state.inbound(bytes, fromServer("tcp", OTHER_SERVER, 80, port, ACK), 2000)).toBe(silent);
      expect(held.count).toBe(1);
    });

    it("is dropped when there is no room to hold it, and leaves no session", () => {
      const held = heldPackets(8 * 256);
      const state = createState({ filtering, held });
      const port = poolPort(state, state.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0));
      expect(state.inbound(bytes, syn(port), 0)).toBe(PACKET_HELD);
      const second = fromServer("tcp", OTHER_SERVER, 81, port, SYN);
      expect(state.inbound(bytes, second, 0)).toBe(silent);
      expect(state.sessions.count).toBe(2);
    });

    it("other segments of strangers are dropped", () => {
      const { state, port } = withHeldSyn();
      expect(state.inbound(bytes, fromServer("tcp", OTHER_SERVER, 81, port, ACK), 0)).toBe(filtered);
    });
  },
);

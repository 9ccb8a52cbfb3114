import { expect, it } from "vitest";
import {
  createState,
  fromClient,
  fromServer,
  NO_BYTES,
  POOL,
  type ProtocolName,
  poolPort,
  SERVER,
  SYN,
} from "../support.ts";

it.each<ProtocolName>(["tcp", "udp", "icmp"])("finds the session of a %s flow from both sides", (protocol) => {
  const state = createState();
  const session = state.outbound(fromClient(protocol, 1, 4000, 80, SYN), SERVER, 7, 0, 1, 0);
  expect(session).toBeGreaterThanOrEqual(0);
  const port = poolPort(state, session);
  expect(state.bindings.poolAddress(state.sessions.binding(session))).toBe(POOL);
  expect(state.inbound(NO_BYTES, fromServer(protocol, SERVER, 80, port, SYN), 10)).toBe(session);
  expect(state.outbound(fromClient(protocol, 1, 4000, 80), SERVER, 7, 0, 1, 20)).toBe(session);
  expect(state.sessions.via(session)).toBe(7);
  expect(state.sessions.count).toBe(1);
  expect(state.bindings.count).toBe(1);
});

import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ControlServer } from "@nat64/daemon-kit/control";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionRecord } from "../src/control/client.ts";
import { type ControlHandlers, controlMethods } from "../src/control/methods.ts";
import { listSessions } from "../src/sessions/list-sessions.ts";
import { compileSessionFilter } from "../src/sessions/session-filter.ts";

function session(client: string, port: number): SessionRecord {
  const at = (address: string) => ({ address, port });
  return {
    protocol: port % 2 === 0 ? "tcp" : "udp",
    client: at(client),
    destination6: at("64:ff9b::808:808"),
    pool: at("192.0.2.1"),
    destination: at("8.8.8.8"),
    state: "none",
    expiresInSeconds: 1,
  };
}

/** Somebody who never hangs up. */
const READER = new AbortController().signal;

describe("listing sessions", () => {
  const all = Array.from({ length: 1000 }, (_, index) => session(`2001:db8:${index % 10}::${index}`, index));
  const dataPath = {
    sessions: async (from: number, limit: number) => ({
      rows: all.slice(from, from + limit),
      next: from + limit < all.length ? from + limit : -1,
    }),
  };
  const list = async (filter: Parameters<typeof listSessions>[1]) => {
    const rows: SessionRecord[] = [];
    const result = await listSessions(dataPath, filter, async (slice) => void rows.push(...slice), READER);
    expect(result.listed).toBe(rows.length);
    return { rows, complete: result.complete };
  };

  it("gives all of them over several slices", async () => {
    expect(await list({})).toEqual({ rows: all, complete: true });
  });

  it("stops at the limit and says that there are more", async () => {
    expect(await list({ limit: 7 })).toEqual({ rows: all.slice(0, 7), complete: false });
  });

  it("gives those of a client prefix and protocol only", async () => {
    const { rows } = await list({ client: "2001:db8:3::/48", protocol: "udp" });
    expect(rows).toEqual(all.filter((_, index) => index % 10 === 3));
  });

  it.each(["192.0.2.1", "192.0.2.0/24"])("says for the IPv4 client %s that clients have IPv6 addresses", (client) => {
    expect(() => compileSessionFilter({ client })).toThrow("expected an IPv6 address or prefix of a client");
  });

  it.each([{ client: "nobody" }, { client: "192.0.2.1" }, { client: "2001:db8::/200" }, { destination: "::1" }])(
    "refuses %j",
    (filter) => {
      expect(() => compileSessionFilter(filter)).toThrow(expect.objectContaining({ code: "bad-request" }));
    },
  );
});

describe("the control socket", () => {
  const NOTHING: ControlHandlers = {
    status: never,
    counters: never,
    config: never,
    reload: never,
    bandwidth: never,
    setBandwidth: never,
    drain: never,
    cancelDrain: never,
    ban: never,
    unban: never,
    bans: never,
    sessions: never,
    prefixes: never,
  };
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "v6pd-"));
    path = join(directory, "control.sock");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it.each([
    ["all of them", {}],
    ["none of them", { client: "2001:db8:ffff::/48" }],
  ])("ends its work for a client that asks for %s and hangs up", async (_, params) => {
    const { server, table } = await listenWithTable(Number.POSITIVE_INFINITY);
    const socket = ask(2, params);
    while (table.slices < 10) await nextTurn();
    socket.destroy();
    while (table.ended === 0) await nextTurn();
    await server.close();
    expect(table).toMatchObject({ begun: 1, ended: 1 });
  });

  it("does not begin what waits when a client with as much as may wait hangs up", async () => {
    const { server, table } = await listenWithTable(1000);
    const socket = ask(64, { client: "2001:db8:ffff::/48" });
    while (table.slices < 10) await nextTurn();
    socket.destroy();
    while (table.ended === 0) await nextTurn();
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    await server.close();
    expect(table).toMatchObject({ begun: 1, ended: 1 });
  });

  /** A server whose table has so many slices of one session, and how much of it has been looked at. */
  async function listenWithTable(size: number) {
    const table = { slices: 0, begun: 0, ended: 0 };
    const dataPath = {
      sessions: async (from: number) => {
        table.slices++;
        await nextTurn();
        return { rows: [session("2001:db8::1", from)], next: from + 1 < size ? from + 1 : -1 };
      },
    };
    const sessions: ControlHandlers["sessions"] = async (...args) => {
      table.begun++;
      try {
        return await listSessions(dataPath, ...args);
      } finally {
        table.ended++;
      }
    };
    const methods = controlMethods({ ...NOTHING, sessions });
    return { server: await ControlServer.listen({ path, program: "v6peerd", methods }), table };
  }

  function ask(times: number, params: object): Socket {
    const socket = createConnection(path);
    for (let id = 0; id < times; id++) socket.write(`${JSON.stringify({ v: 1, id, method: "sessions", params })}\n`);
    return socket;
  }
});

async function never(): Promise<never> {
  throw new Error("nobody asks for this");
}

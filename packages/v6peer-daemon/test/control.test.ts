import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionRecord } from "../src/control/client.ts";
import { LineSplitter } from "../src/control/line-splitter.ts";
import { listSessions } from "../src/control/list-sessions.ts";
import { parseRequest, parseResponse } from "../src/control/protocol.ts";
import { type ControlHandlers, ControlServer } from "../src/control/server.ts";
import { compileSessionFilter } from "../src/control/session-filter.ts";

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

describe("lines of a stream", () => {
  it("are the same however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zé]{0,20}$/)), fc.integer({ min: 1, max: 7 }), (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const splitter = new LineSplitter(100);
        const found: string[] = [];
        for (let at = 0; at < bytes.length; at += size)
          found.push(...(splitter.push(bytes.subarray(at, at + size)) ?? []));
        expect(found).toEqual(lines);
      }),
    );
  });

  it("are given up on when one is too long, finished or not", () => {
    expect(new LineSplitter(4).push(Buffer.from("12345"))).toBeUndefined();
    expect(new LineSplitter(4).push(Buffer.from("12345\n"))).toBeUndefined();
    const splitter = new LineSplitter(4);
    expect(splitter.push(Buffer.from("1234"))).toEqual([]);
    expect(splitter.push(Buffer.from("5"))).toBeUndefined();
  });
});

describe("requests and responses", () => {
  it("never throw for any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        parseRequest(line);
        parseResponse(line);
      }),
    );
  });

  it("a good request is itself", () => {
    const request = { v: 1, id: 3, method: "sessions", params: { limit: 5, protocol: "tcp" } };
    expect(parseRequest(JSON.stringify(request))).toEqual(request);
  });

  it.each([
    ['{"v":1,"id":-1,"method":"status"}', { id: null, code: "bad-request" }],
    ['{"v":1,"id":4,"method":"sessions","params":{"limit":0}}', { id: 4, code: "bad-request" }],
    ['{"v":9,"id":4,"method":"status"}', { id: 4, code: "unsupported-version" }],
    ['{"v":1,"id":4,"method":"halt"}', { id: 4, code: "unknown-method" }],
    ["null", { id: null, code: "bad-request" }],
  ])("%s is refused with a code", (line, expected) => {
    expect(parseRequest(line)).toMatchObject(expected);
  });
});

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
    expect(() => compileSessionFilter({ client })).toThrow("clients are IPv6 addresses or prefixes");
  });

  it.each([{ client: "nobody" }, { client: "192.0.2.1" }, { client: "2001:db8::/200" }, { destination: "::1" }])(
    "refuses %j",
    (filter) => {
      expect(() => compileSessionFilter(filter)).toThrow(expect.objectContaining({ code: "bad-request" }));
    },
  );
});

describe("the control socket", () => {
  const NOTHING = { status: never, counters: never, config: never, reload: never, sessions: never };
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "v6pd-"));
    path = join(directory, "control.sock");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("replaces a socket that nobody holds any more", async () => {
    const holder = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", holder, path]);
    expect(lstatSync(path).isSocket()).toBe(true);
    await (await ControlServer.listen(path, NOTHING)).close();
    expect(existsSync(path)).toBe(false);
  });

  it("never replaces a file, or a link to one", async () => {
    const file = join(directory, "precious");
    writeFileSync(file, "precious");
    symlinkSync(file, path);
    for (const each of [file, path]) {
      await expect(ControlServer.listen(each, NOTHING)).rejects.toThrow(/control\.socket: .* is no socket/);
    }
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

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
    return { server: await ControlServer.listen(path, { ...NOTHING, sessions }), table };
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

import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  ControlClient,
  ControlError,
  ControlServer,
  LineSplitter,
  MAX_REQUEST_BYTES,
  method,
  parseRequest,
  parseResponse,
} from "../src/control/index.ts";

const METHODS = {
  status: method(z.object({}), async () => ({ fine: true })),
  sessions: method(
    z.object({ limit: z.int().min(1).optional(), protocol: z.enum(["tcp", "udp"]).optional() }),
    async ({ limit = 2 }, { emit }) => {
      for (let part = 0; part < limit; part++) await emit(part);
      return limit;
    },
  ),
  refuse: method(z.object({}), async () => {
    throw new ControlError("refused", "not today");
  }),
  fail: method(z.object({}), async () => {
    throw new Error("broken");
  }),
};
const TESTD = { name: "testd", command: "testd run" };
const listen = (path: string) => ControlServer.listen({ path, program: "testd", methods: METHODS });

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
        parseRequest(line, METHODS);
        parseResponse(line);
      }),
    );
  });

  it("a good request is itself", () => {
    const request = { v: 1, id: 3, method: "sessions", params: { limit: 5, protocol: "tcp" } };
    expect(parseRequest(JSON.stringify(request), METHODS)).toEqual(request);
  });

  it.each([
    ['{"v":1,"id":-1,"method":"status"}', { id: null, code: "bad-request" }],
    ['{"v":1,"id":4,"method":"sessions","params":{"limit":0}}', { id: 4, code: "bad-request" }],
    ['{"v":9,"id":4,"method":"status"}', { id: 4, code: "unsupported-version" }],
    ['{"v":1,"id":4,"method":"halt"}', { id: 4, code: "unknown-method" }],
    ['{"v":1,"id":4,"method":"toString"}', { id: 4, code: "unknown-method" }],
    ["null", { id: null, code: "bad-request" }],
  ])("%s is refused with a code", (line, expected) => {
    expect(parseRequest(line, METHODS)).toMatchObject(expected);
  });
});

describe("the control socket", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "daemon-kit-"));
    path = join(directory, "control.sock");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("replaces a socket that nobody holds any more", async () => {
    const holder = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", holder, path]);
    expect(lstatSync(path).isSocket()).toBe(true);
    await (await listen(path)).close();
    expect(existsSync(path)).toBe(false);
  });

  it("never replaces a file, or a link to one", async () => {
    const file = join(directory, "precious");
    writeFileSync(file, "precious");
    symlinkSync(file, path);
    for (const each of [file, path]) {
      await expect(listen(each)).rejects.toThrow(/control\.socket: .* is not a socket/);
    }
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  it("makes the directory of its socket", async () => {
    const deep = join(directory, "run", "testd", "control.sock");
    await (await listen(deep)).close();
    expect(statSync(join(directory, "run", "testd")).isDirectory()).toBe(true);
  });

  it("is for owner and group, refuses a second daemon, answers in parts, and goes", async () => {
    const server = await listen(path);
    expect(statSync(path).mode & 0o777).toBe(0o660);
    await expect(listen(path)).rejects.toThrow(`another testd answers at ${path}: stop it, or choose another socket`);
    const client = await ControlClient.connect(path, TESTD);
    const parts: unknown[] = [];
    expect(await client.ask("sessions", { limit: 3 }, (part) => parts.push(part))).toBe(3);
    expect(parts).toEqual([0, 1, 2]);
    expect(await client.ask("status")).toEqual({ fine: true });
    await expect(client.ask("refuse")).rejects.toMatchObject({ code: "refused", message: "not today" });
    await expect(client.ask("fail")).rejects.toMatchObject({ code: "internal", message: "broken" });
    await expect(client.ask("fly")).rejects.toMatchObject({ code: "unknown-method" });
    await expect(client.ask("sessions", { limit: 0 })).rejects.toMatchObject({ code: "bad-request" });
    await server.close();
    await expect(client.ask("status")).rejects.toMatchObject({ code: "lost" });
    expect(existsSync(path)).toBe(false);
  });

  it("gives up on a line that is too long, and serves others", async () => {
    const server = await listen(path);
    const client = await ControlClient.connect(path, TESTD);
    const long = { text: "x".repeat(MAX_REQUEST_BYTES) };
    await expect(client.ask("status", long)).rejects.toMatchObject({ code: "too-long" });
    const other = await ControlClient.connect(path, TESTD);
    expect(await other.ask("status")).toEqual({ fine: true });
    await server.close();
  });

  it("that nobody holds is said to be so, with what to do", async () => {
    await expect(ControlClient.connect("", TESTD)).rejects.toMatchObject({ code: "unreachable" });
    await expect(ControlClient.connect(path, TESTD)).rejects.toMatchObject({
      code: "unreachable",
      message: `testd is not running (no socket at ${path}). Start it with \`testd run\`, or pass --socket.`,
    });
  });

  it("of something else is told from a daemon's", async () => {
    const server = createServer((socket) => socket.end("hello\n")).listen(path);
    const client = await ControlClient.connect(path, TESTD);
    await expect(client.ask("status")).rejects.toMatchObject({ code: "protocol" });
    server.close();
  });
});

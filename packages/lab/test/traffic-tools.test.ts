import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must, run } from "../src/netns/command.ts";
import { isRoot } from "./root.ts";

const folder = mkdtempSync(`${tmpdir()}/nat64-traffic-`);
const tools = `${folder}/traffic-tools`;

/** A port on which nothing listens now. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, "::");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return `${port}`;
}

/** Starts a serving tool; `end` ends it by SIGTERM and returns what it counted. */
async function serve(
  tool: string,
  ...options: string[]
): Promise<{ port: string; end: () => Promise<Record<string, number>> }> {
  const port = await freePort();
  const child = spawn(tools, [tool, port, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const closed = once(child, "close");
  await once(child.stderr, "data");
  const end = async () => {
    child.kill("SIGTERM"); // some end by themselves, and may have
    const [code] = await closed;
    expect(code).toBe(0);
    return JSON.parse(printed);
  };
  return { port, end };
}

const ask = async (...args: string[]): Promise<Record<string, number>> => JSON.parse(await must([tools, ...args]));

describe("the traffic tools, built with sanitizers, on loopback", () => {
  beforeAll(async () => {
    const build = fileURLToPath(new URL("../build.mjs", import.meta.url));
    await must([process.execPath, build, "--sanitize", tools]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(["127.0.0.1", "::1"])(
    "count the datagrams that were blasted to %s and those that arrived",
    async (address) => {
      const sink = await serve("udp-sink");
      const sent = await ask("udp-blast", address, sink.port, "--size", "100", "--seconds", "1");
      const received = await sink.end();
      expect(sent.packets).toBeGreaterThan(0);
      expect(sent.bytes).toBe(sent.packets * 100);
      expect(received.packets).toBeGreaterThan(0);
      expect(received.packets).toBeLessThanOrEqual(sent.packets);
      expect(received.bytes).toBe(received.packets * 100);
    },
  );

  it.each(["127.0.0.1", "::1"])(
    "send from %s as fast as they can to the first one who asks, who counts",
    async (address) => {
      const source = await serve("udp-source", "--size", "100", "--seconds", "1");
      const received = await ask("udp-fetch", address, source.port);
      const sent = await source.end();
      expect(sent.bytes).toBe(sent.packets * 100);
      expect(received.packets).toBeGreaterThan(0);
      expect(received.packets).toBeLessThanOrEqual(sent.packets);
      expect(received.bytes).toBe(received.packets * 100);
    },
  );

  it("count nothing from an unexpected source", async () => {
    expect(await (await serve("udp-source")).end()).toMatchObject({ packets: 0, bytes: 0 });
  });

  it("wait between the beginnings of exchanges", async () => {
    const echo = await serve("udp-echo");
    const limits = ["--seconds", "1", "--interval", "100000"];
    const { sent, answered } = await ask("udp-ping", "127.0.0.1", echo.port, ...limits);
    expect(answered).toBe(sent);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(10); // a second has ten tenths
    await echo.end();
  });

  it.each([0, 1, 3, 4, 64, 65507])("return datagrams of %i bytes and compare them", async (size) => {
    const echo = await serve("udp-echo");
    const result = await ask("udp-ping", "127.0.0.1", echo.port, "--size", `${size}`, "--count", "50");
    expect(result).toMatchObject({ sent: 50, answered: 50, lost: 0, refused: 0, corrupt: 0, errors: 0 });
    expect(result.p99us).toBeGreaterThanOrEqual(result.p50us);
    expect(await echo.end()).toEqual({ packets: 50, bytes: 50 * size });
  });

  it("count an ICMP port unreachable as refused", async () => {
    const result = await ask("udp-ping", "127.0.0.1", await freePort(), "--count", "3");
    expect(result).toMatchObject({ sent: 3, answered: 0, refused: 3 });
  });

  it.each(["1", "64"])("make connections, %s in flight, each of which the server answered", async (inFlight) => {
    const server = await serve("tcp-answer");
    const made = await ask("tcp-rate", "127.0.0.1", server.port, "--in-flight", inFlight, "--seconds", "1");
    expect(made.errors).toBe(0);
    expect(made.connections).toBeGreaterThan(0);
    const { answered } = await server.end();
    expect(answered).toBeGreaterThanOrEqual(made.connections);
    expect(answered).toBeLessThanOrEqual(made.connections + Number(inFlight));
  });

  it("count connections that are refused as errors", async () => {
    const made = await ask("tcp-rate", "127.0.0.1", await freePort(), "--seconds", "1");
    expect(made.connections).toBe(0);
    expect(made.errors).toBeGreaterThan(0);
  });

  it("are an honest client: everything that it tries succeeds, and counts for its second", async () => {
    const [echo, answer, questions] = [await serve("tcp-echo"), await serve("tcp-answer"), await serve("udp-echo")];
    const ports = [echo.port, answer.port, questions.port];
    const { breaks, seconds } = await ask("honest", "::1", ...ports, "--seconds", "2", "--bits", "8000000");
    expect({ breaks, seconds }).toMatchObject({ breaks: 0, seconds: { length: 2 } });
    const sums = (seconds as unknown as number[][]).reduce((sum, second) => sum.map((value, i) => value + second[i]));
    const [bytes, connections, , asked, answers, ...pings] = sums;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(2_000_000 + 250_000); // 8 Mbit/s, and at most a quarter of a second of arrears
    expect({ connections, asked }).toEqual({ connections: 20, asked: 20 });
    expect(answers).toBeGreaterThan(0);
    expect(pings[0]).toBe(isRoot ? 20 : 0);
    await echo.end();
    expect((await answer.end()).answered).toBeGreaterThan(0);
    await questions.end();
  });

  it("count what an honest client does not get", async () => {
    const closed = await freePort();
    const { seconds } = await ask("honest", "::1", closed, closed, closed, "--seconds", "1");
    expect((seconds as unknown as number[][])[0].slice(0, 5)).toEqual([0, 10, 0, 10, 0]);
  });

  it.skipIf(!isRoot).each([
    ["127.0.0.1/32", "127.9.0.0/16"],
    ["::1/128", "2001:db8::/32"],
  ])("flood %s from %s with every kind of packet, at a rate", async (to, from) => {
    const kinds = ["syn", "ack", "rst", "udp", "echo", "icmp", "first-fragments", "last-fragments"];
    const flood = async (kind: string) => {
      const options = ["--kind", kind, "--rate", "200", "--seconds", "1", "--size", "17"];
      const { packets, seconds } = await ask("flood", "--to", to, "--from", from, ...options);
      expect({ kind, some: packets > 0 }).toEqual({ kind, some: true });
      expect(packets / seconds).toBeLessThanOrEqual(200);
    };
    await Promise.all(kinds.map(flood));
  });

  it.each([
    [[], "usage: traffic TOOL"],
    [["honest"], "honest ADDRESS"],
    [["flood", "--to", "::1"], "a prefix is an address, a slash and a length"],
    [["flood", "--from", "::/0", "--to", "::1/129"], "out of range"],
    [["flood", "--from", "::/0", "--to", "127.0.0.0/8"], "one family"],
    [["flood", "--from", "::/0", "--to", "::/0", "--kind", "all"], "--kind is syn,"],
    [["flood", "--from", "::/0", "--to", "::/0", "--size", "1401"], "at most 1400"],
    [["udp-ping"], "udp-ping ADDRESS PORT"],
    [["udp-ping", "localhost", "9"], "numeric"],
    [["udp-ping", "127.0.0.1", "0"], "1 to 65535"],
    [["udp-blast", "127.0.0.1", "9", "--size", "65508"], "65507"],
    [["udp-source", "9", "--size", "65508"], "65507"],
    [["udp-fetch"], "udp-fetch ADDRESS PORT"],
    [["udp-blast", "127.0.0.1", "9", "--size", "-1"], "whole number"],
    [["tcp-rate", "127.0.0.1", "9", "--seconds", "x"], "whole number"],
  ])("refuse %j in a sentence, with exit code 2", async (args, sentence) => {
    const { code, stderr, stdout } = await run([tools, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });
});

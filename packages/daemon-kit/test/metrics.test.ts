import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  byName,
  counter,
  createRegistry,
  gauge,
  HttpServer,
  MovableServer,
  register,
  serveMetrics,
  text,
} from "../src/metrics/index.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };
let server: HttpServer | undefined;
afterEach(() => server?.close());

const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server?.port}${path}`, init);

it("metrics are read once for each scrape, however many there are", async () => {
  let reads = 0;
  const registry = createRegistry("test", "1.2.3");
  register(
    registry,
    [
      gauge<number>("test_reads", "Reads.", (count) => count),
      counter<number>("test_drops_total", "Drops.", {
        labels: ["reason"],
        read: (count) => byName("reason", { "too-long": count, malformed: 7 }),
      }),
    ],
    async () => ++reads,
  );
  server = await serveMetrics(LOOPBACK, registry);
  await get("/metrics");
  const found = await (await get("/metrics")).text();
  expect(found).toContain('test_info{version="1.2.3"} 1');
  expect(found).toContain("test_reads 2");
  expect(found).toContain('test_drops_total{reason="too-long"} 2');
  expect(found).toContain('test_drops_total{reason="malformed"} 7');
});

it("a source that fails is said to be so, and nothing else is served", async () => {
  const registry = createRegistry("test", "1");
  register(registry, [gauge<number>("test_x", "X.", (x) => x)], () => Promise.reject(new Error("gone")));
  server = await serveMetrics(LOOPBACK, registry);
  expect((await get("/metrics")).status).toBe(503);
  expect((await get("/")).status).toBe(404);
  expect((await get("/metrics", { method: "POST" })).status).toBe(405);
});

it("metrics are told only to who asks by an address: a foreign page may have a name that points here", async () => {
  server = await serveMetrics(LOOPBACK, createRegistry("test", "1"));
  const statusFor = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(
        { host: "127.0.0.1", port: server?.port, path: "/metrics", headers: { host } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.on("error", reject).end();
    });
  for (const host of ["127.0.0.1", "localhost:9464", "[::1]:9464"]) expect(await statusFor(host), host).toBe(200);
  for (const host of ["evil.example", "127.0.0.1.evil.example"]) expect(await statusFor(host), host).toBe(421);
});

it("HEAD gets no body", async () => {
  server = await HttpServer.listen(LOOPBACK, () => text(200, "hello"));
  const answer = await get("/", { method: "HEAD" });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("");
});

it("a port that is taken is an error", async () => {
  server = await HttpServer.listen(LOOPBACK, () => text(200, "hello"));
  const { port } = server;
  await expect(HttpServer.listen({ ...LOOPBACK, port }, () => text(200, "hello"))).rejects.toThrow(/EADDRINUSE/);
});

describe("a server that moves", () => {
  const address = (port: number) => ({ host: "127.0.0.1", port });
  const open = (where: { host: string; port: number }) => HttpServer.listen(where, () => text(200, `at ${where.host}`));
  const fetchFrom = async (port: number | undefined) => (await fetch(`http://127.0.0.1:${port}/`)).text();

  /** A port that is free now. */
  async function freePort(): Promise<number> {
    const probe = await open(address(0));
    const { port } = probe;
    await probe.close();
    return port;
  }

  it("answers at the old address until the change is committed, and then at the new one alone", async () => {
    const moving = new MovableServer("x.listen", open);
    await moving.start(address(0));
    const old = moving.port;
    const { commit } = await moving.prepareMove(address(await freePort()));
    expect(await fetchFrom(old)).toBe("at 127.0.0.1\n");
    await commit();
    expect(moving.port).not.toBe(old);
    expect(await fetchFrom(moving.port)).toBe("at 127.0.0.1\n");
    await expect(fetchFrom(old)).rejects.toThrow();
    await moving.close();
  });

  it("stays where it was when the change is cancelled, or cannot be prepared", async () => {
    const moving = new MovableServer("x.listen", open);
    await moving.start(address(0));
    const old = moving.port;
    const next = await freePort();
    await (await moving.prepareMove(address(next))).cancel();
    await expect(fetchFrom(next)).rejects.toThrow();
    await expect(moving.prepareMove({ host: "192.0.2.1", port: 1 })).rejects.toThrow(/^x\.listen: .*EADDRNOTAVAIL/);
    expect(await fetchFrom(old)).toBe("at 127.0.0.1\n");
    await (await moving.prepareMove(undefined)).commit();
    expect(moving.port).toBeUndefined();
    await expect(fetchFrom(old)).rejects.toThrow();
  });

  it("moves to an address that includes the old one, and back when that is cancelled or refused", async () => {
    const port = await freePort();
    const moving = new MovableServer("x.listen", open);
    await moving.start(address(port));
    const { cancel } = await moving.prepareMove({ host: "0.0.0.0", port });
    expect(await fetchFrom(port)).toBe("at 0.0.0.0\n");
    await cancel();
    expect(await fetchFrom(port)).toBe("at 127.0.0.1\n");
    await expect(moving.prepareMove({ host: "192.0.2.1", port })).rejects.toThrow(/^x\.listen: .*EADDRNOTAVAIL/);
    expect(await fetchFrom(port)).toBe("at 127.0.0.1\n");
    await (await moving.prepareMove({ host: "0.0.0.0", port })).commit();
    expect(await fetchFrom(port)).toBe("at 0.0.0.0\n");
    await moving.close();
  });
});

import { afterEach, expect, it } from "vitest";
import {
  byName,
  counter,
  createRegistry,
  gauge,
  HttpServer,
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

import { gunzipSync } from "node:zlib";
import { isAllowedHost } from "@nat64/daemon-kit/metrics";
import type { PageData } from "@nat64/status-page";
import { FILES } from "@nat64/status-page/files";
import { describe, expect, it } from "vitest";
import { answerPage } from "../../src/status-page/answer.ts";

const DATA = { version: "1" } as PageData;
const HOST = { host: "127.0.0.1:9465" };
const ask = (
  path: string,
  headers: Record<string, string> = {},
  look: (since: number) => PageData | undefined = () => DATA,
) => answerPage(new URL(path, "http://localhost"), { ...HOST, ...headers }, look);

it.each(["127.0.0.1:9465", "127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:9465", "[2001:db8::1]", "192.0.2.7:80"])(
  "the page answers to %s",
  (host) => expect(isAllowedHost(host)).toBe(true),
);

it.each([
  undefined,
  "",
  "evil.example",
  "evil.example:9465",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "localhost.",
  "127.0.0.1:9465:1",
  "127.0.0.1@evil.example",
  "[evil.example]",
  "[::1",
  "::1",
  "0x7f000001",
])("a name that somebody made to point here, or nonsense, is refused: %s", (host) => {
  expect(isAllowedHost(host)).toBe(false);
});

it("nothing is told to who asks by another name, neither page nor data", () => {
  for (const path of ["/", "/data.json", "/page.js"]) {
    const { status, body } = ask(path, { host: "evil.example" });
    expect([status, String(body)]).toEqual([421, expect.stringContaining("Open this page by its IP address")]);
  }
});

describe("every answer", () => {
  const answers = ["/", "/page.js", "/page.css", "/icon.svg", "/data.json", "/nothing"].map(
    (path) => [path, ask(path)] as const,
  );

  it.each(answers)(
    "%s forbids scripts of others, frames, guessing of types, and reading from elsewhere",
    (_, { headers }) => {
      const policy = headers?.["content-security-policy"] ?? "";
      expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|\*|http/);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(Object.keys(headers ?? {}).filter((name) => name.startsWith("access-control"))).toEqual([]);
    },
  );
});

it.each(FILES.map(({ path, type }) => [path === "index.html" ? "/" : `/${path}`, type]))(
  "%s comes compressed to who takes it, plain to others, and once",
  (path, type) => {
    const zipped = ask(path, { "accept-encoding": "gzip, deflate" });
    const plain = ask(path);
    expect(zipped).toMatchObject({
      status: 200,
      type,
      headers: { "content-encoding": "gzip", vary: "accept-encoding" },
    });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(gunzipSync(zipped.body).equals(Buffer.from(plain.body))).toBe(true);
    const { status, body } = ask(path, { "if-none-match": zipped.headers?.etag ?? "" });
    expect([status, body]).toEqual([304, ""]);
  },
);

it("the page loads nothing from elsewhere", () => {
  for (const { path } of FILES) {
    const text = String(ask(path === "index.html" ? "/" : `/${path}`).body);
    expect(text.match(/(?:src|href)="(?:https?:)?\/\/|url\(|@import|import\s*\("|\bfetch\("http/g)).toBeNull();
  }
});

describe("the data", () => {
  it("is never kept by a browser", () => {
    expect(ask("/data.json")).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  });

  it("is asked for from a time on", () => {
    const asked: number[] = [];
    ask("/data.json?since=17.5", {}, (since) => {
      asked.push(since);
      return DATA;
    });
    expect(asked).toEqual([17.5]);
  });

  it.each(["x", "-1", "Infinity", "NaN", "1e999"])("a time that is none is refused: %s", (since) => {
    expect(ask(`/data.json?since=${since}`).status).toBe(400);
  });

  it.each(["cross-site", "same-site"])("pages of others do not get it (%s)", (site) => {
    expect(ask("/data.json", { "sec-fetch-site": site }).status).toBe(403);
  });

  it("is not there while the data path does not answer", () => {
    expect(ask("/data.json", {}, () => undefined).status).toBe(503);
  });
});

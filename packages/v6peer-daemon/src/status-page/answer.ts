/** Answers requests for the status page: its files and its data. */
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { type HttpAnswer, type HttpHeaders, isAllowedHost, text } from "@nat64/daemon-kit/metrics";
import type { PageData } from "@nat64/status-page";
import { FILES } from "@nat64/status-page/files";

/** Only the page's own files may be loaded or run, and other pages must not embed this one. */
const GUARDS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

interface ServedFile {
  readonly type: string;
  readonly tag: string;
  readonly gzip: Buffer;
}

const SERVED: ReadonlyMap<string, ServedFile> = new Map(
  FILES.map(({ path, type, gzip }) => {
    const bytes = Buffer.from(gzip, "base64");
    const tag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    return [path === "index.html" ? "/" : `/${path}`, { type, tag, gzip: bytes }];
  }),
);

/** Answers a request. @param dataSince returns the data with the history since a time; `undefined` if there is none yet */
export function answerPage(
  url: URL,
  headers: HttpHeaders,
  dataSince: (since: number) => PageData | undefined,
): HttpAnswer {
  if (!isAllowedHost(headers.host)) {
    return guarded(text(421, "Open this page by its IP address, such as http://127.0.0.1:9465/."));
  }
  if (url.pathname === "/data.json") return guarded(data(url, headers, dataSince));
  const file = SERVED.get(url.pathname);
  return guarded(file === undefined ? text(404, "Not found. The status page is at /.") : answerFile(file, headers));
}

function data(url: URL, headers: HttpHeaders, dataSince: (since: number) => PageData | undefined): HttpAnswer {
  // Browsers send this header; a client without it is not a browser.
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return text(403, "Only the status page may read this.");
  const since = Number(url.searchParams.get("since") ?? 0);
  if (!Number.isFinite(since) || since < 0) return text(400, "“since” must be a number of milliseconds since 1970.");
  const found = dataSince(since);
  if (found === undefined) return text(503, "The data path does not answer.");
  return {
    status: 200,
    type: "application/json; charset=utf-8",
    body: JSON.stringify(found),
    headers: { "cache-control": "no-store" },
  };
}

function answerFile({ type, tag, gzip }: ServedFile, headers: HttpHeaders): HttpAnswer {
  const caching = { "cache-control": "no-cache", etag: tag, vary: "accept-encoding" };
  if (headers["if-none-match"] === tag) return { status: 304, type, body: "", headers: caching };
  if (!/\bgzip\b/.test(String(headers["accept-encoding"] ?? ""))) {
    return { status: 200, type, body: gunzipSync(gzip), headers: caching };
  }
  return { status: 200, type, body: gzip, headers: { ...caching, "content-encoding": "gzip" } };
}

function guarded(answer: HttpAnswer): HttpAnswer {
  return { ...answer, headers: { "cache-control": "no-store", ...GUARDS, ...answer.headers } };
}

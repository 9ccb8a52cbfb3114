/** The list over HTTP, against a server that answers what it likes. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UnavailableError } from "@nat64/daemon-kit/command-line";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { getSharedList } from "../../src/shared-prefixes/shared-list.ts";

const ENTRY = { prefix: "2a00:64:64::/80", peer: "a".repeat(32), health: "up", exits: 2, abuse: "abuse@example.net" };
let server: Server;
let url: string;
let answer: (response: ServerResponse, after: string | null) => void;
let requests = 0;

beforeEach(async () => {
  requests = 0;
  server = createServer((request, response) => {
    requests++;
    answer(response, new URL(request.url ?? "/", "http://x").searchParams.get("after"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefixes`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const list = () => getSharedList({ list: url }, undefined);
const json = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));

describe("a list of prefixes over HTTP", () => {
  it("is read page by page", async () => {
    answer = (response, after) => {
      const next = after === null ? { next: ENTRY.prefix } : {};
      const prefix = after === null ? ENTRY.prefix : "2a00:64:65::/80";
      json({ prefixes: [{ ...ENTRY, prefix }], ...next })(response);
    };
    const { prefixes, complete, source } = await list();
    expect(prefixes.map(({ prefix }) => prefix)).toEqual(["2a00:64:64::/80", "2a00:64:65::/80"]);
    expect({ complete, source }).toEqual({ complete: true, source: url });
  });

  it("loses what is no entry, no global /80, or there twice, and that is counted", async () => {
    const wrong = [
      "2001:db8::/80",
      "fe80::/80",
      "2a00:64:64::/64",
      "10.0.0.0/8",
      "2a00:64:64:0:100::/80",
      ENTRY.prefix,
    ];
    const entries = [
      ENTRY,
      ...wrong.map((prefix) => ({ ...ENTRY, prefix })),
      null,
      5,
      { ...ENTRY, peer: "\u001b[31m" },
    ];
    answer = json({ prefixes: entries });
    expect(await list()).toMatchObject({ prefixes: [ENTRY], unusable: entries.length - 1 });
  });

  it("that never ends is given up", async () => {
    answer = json({ prefixes: [ENTRY], next: ENTRY.prefix });
    expect(await list()).toMatchObject({ complete: false });
    expect(requests).toBe(32);
  });

  it.each([
    ["is too large", (response: ServerResponse) => void response.end(" ".repeat(1024 * 1024 + 1)), /larger than/],
    ["is no JSON", (response: ServerResponse) => void response.end("<html>"), /not a list of prefixes/],
    ["is another JSON", json(null), /not a list of prefixes/],
    ["is not there", (response: ServerResponse) => void response.writeHead(404).end(), /answered with status 404/],
    [
      "is elsewhere",
      (response: ServerResponse) => void response.writeHead(302, { location: "http://127.0.0.1/" }).end(),
      /prefixes: /,
    ],
    ["is cut off", (response: ServerResponse) => void response.destroy(), /prefixes: /],
  ])("that %s is refused in a sentence", async (_, reply, message) => {
    answer = reply;
    const error = await list().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as Error).message).toMatch(message);
  });
});

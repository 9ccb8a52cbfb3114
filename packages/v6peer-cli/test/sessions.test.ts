import { createColors } from "picocolors";
import { expect, it } from "vitest";
import { renderSession } from "../src/commands/sessions/sessions.ts";

const SESSION = {
  client: { address: "2001:db8:c::2", port: 4711 },
  destination6: { address: "2001:db8:64::808:808", port: 443 },
  pool: { address: "192.0.2.64", port: 20_000 },
  destination: { address: "8.8.8.8", port: 443 },
  state: "ESTABLISHED",
  expiresInSeconds: 90,
};
const plain = { colors: createColors(false) };

it("a session of TCP or UDP is shown with its ports", () => {
  expect(renderSession({ ...SESSION, protocol: "tcp" }, plain)).toBe(
    "tcp   [2001:db8:c::2]:4711  via 192.0.2.64:20000  → 8.8.8.8:443  ESTABLISHED  1m 30s",
  );
});

it("a session of ICMP is shown with its Query Identifiers, and its destination without a port", () => {
  expect(renderSession({ ...SESSION, protocol: "icmp", state: "none" }, plain)).toBe(
    "icmp  2001:db8:c::2 id 4711  via 192.0.2.64 id 20000  → 8.8.8.8  none  1m 30s",
  );
});

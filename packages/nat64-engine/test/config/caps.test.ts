import { expect, it } from "vitest";
import { compileStateful } from "../../src/config/compile-config.ts";
import type { ClientCaps } from "../../src/config/config.ts";
import { STATEFUL } from "../engine/support.ts";

const compile = (caps: ClientCaps) => compileStateful({ ...STATEFUL, caps: { "56": caps } });

it.each([
  ["sessions", { sessions: Number.NaN }],
  ["sessions", { sessions: 2.5 }],
  ["newSessionsPerSecond", { newSessionsPerSecond: Number.NaN }],
  ["newSessionsPerSecond", { newSessionsPerSecond: 0.0001 }],
  ["packetsPerSecond", { packetsPerSecond: -1 }],
])("a cap on %s that cannot be enforced is refused: %o", (field, caps) => {
  expect(() => compile(caps)).toThrow(new RegExp(`^caps\\.56\\.${field}: `));
});

it("fractions, 0 and Infinity are caps", () => {
  const caps = { sessions: Number.POSITIVE_INFINITY, newSessionsPerSecond: 0.001, packetsPerSecond: 0 };
  expect(compile(caps).caps["56"]).toEqual(caps);
});

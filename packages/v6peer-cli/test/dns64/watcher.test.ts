import { expect, it } from "vitest";
import { Journal } from "../../src/commands/dns64/journal.ts";
import { Publisher } from "../../src/commands/dns64/publisher.ts";
import { SERVERS } from "../../src/commands/dns64/servers/index.ts";
import { settingsOf } from "../../src/commands/dns64/settings.ts";
import { Watcher } from "../../src/commands/dns64/watcher.ts";
import { standardOutput } from "../../src/output/output.ts";

it("that looks once ends when it is told to stop before it knows enough", async () => {
  const settings = settingsOf({ prefix: ["2001:db8:64::/96"] }, undefined);
  const watcher = await Watcher.create({
    settings,
    gather: async () => ({ candidates: [{ nat64Prefix: "2001:db8:64::/96", origin: "named" }], notes: [] }),
    publisher: new Publisher({ server: SERVERS.unbound, file: "/nowhere", check: "", reload: "", reloadsFirst: false }),
    journal: new Journal(standardOutput(), false),
    plan: { isLab: false },
    signal: AbortSignal.abort(),
  });
  expect(await watcher.once()).toBe(false);
});

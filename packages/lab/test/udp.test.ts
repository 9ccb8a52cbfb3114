import { describe, expect, it } from "vitest";
import { pingPong } from "../src/index.ts";
import { runTool } from "../src/traffic/tools.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

describe.skipIf(!isRoot)("UDP from an IPv6-only client to an IPv4-only server", () => {
  const local = useLocal();
  const echo = (size: number, count: number) =>
    pingPong(local.it.client, local.it.server, local.it.serverNat64, { size, count });

  it.each([1, 2, 3, 4, 7, 8, 9, 15, 64, 511, 1200, 1452])("returns datagrams with %i bytes unchanged", async (size) => {
    expect(await echo(size, 20)).toMatchObject({ sent: 20, answered: 20, lost: 0, corrupt: 0 });
  });

  // From 1453 to 1472 bytes an answer fits IPv4 unfragmented, so that path MTU discovery takes the first one.
  it.each([1473, 2000, 4000, 9001, 60000])("returns datagrams of %i bytes in fragments, unchanged", async (size) => {
    expect(await echo(size, 5)).toMatchObject({ sent: 5, answered: 5, lost: 0, corrupt: 0 });
  });

  it("reports a closed port as connection refused", async () => {
    const options = ["--count", "2"];
    const result = await runTool<object>(local.it.client, "udp-ping", local.it.serverNat64, "9", ...options);
    expect(result).toMatchObject({ answered: 0, refused: 2 });
  });
});

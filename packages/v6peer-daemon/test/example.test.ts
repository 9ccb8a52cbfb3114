import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type DaemonConfig, parseConfig } from "../src/config/index.ts";

const EXAMPLE = readFileSync(new URL("../v6peer.example.toml", import.meta.url), "utf8");

it("the example is a good configuration", () => {
  expect(parseConfig(EXAMPLE)).toMatchObject({ nat64Prefix: "2001:db8:64::/96" });
});

it("every key that the example comments out may be put in, and most say the default", () => {
  const everything = EXAMPLE.replaceAll(/^# (?=(?:[a-z0-9-]+ = |\[\[?[a-z-.]+\]\]?$))/gm, "")
    .replace('mode = "masquerade"', 'mode = "pool"')
    // These exclude others.
    .replace('relay = "system"', 'relay = "builtin"')
    .replace('ca = "/etc/v6peer/ca.pem"\n', "");
  const all = parseConfig(everything) as DaemonConfig;
  const few = parseConfig(EXAMPLE) as DaemonConfig;
  expect(all).toHaveProperty("engine");
  for (const table of ["translator", "mtu", "icmp-errors", "timers", "host", "metrics", "log"] as const) {
    expect(all.file[table]).toEqual(few.file[table]);
  }
  expect(all.file.control).toEqual({ ...few.file.control, group: "root" });
  for (const key of ["tables", "caps"] as const) expect(all.engine[key]).toEqual(few.engine[key]);
  expect(all.file["extra-prefixes"]).toEqual(["64:ff9b::/96"]);
  expect(all.file["local-exit"]?.["static-bindings"]).toHaveLength(1);
  expect(all.file.coordinator).toMatchObject({ port: 3544, listed: false, state: "/var/lib/v6peer" });
  const least = 'prefix = "2001:db8:64::/80"\nlab = true\n[coordinator]\nhost = "c.example"\nabuse = "x"\n[peer-exits]';
  const defaults = (parseConfig(least) as DaemonConfig).file["peer-exits"];
  const {
    relay: _,
    "relay-address": __,
    serves: ___,
    wants: ____,
    weights: _____,
    ...rest
  } = all.file["peer-exits"] ?? {};
  expect(defaults).toMatchObject(rest);
});

/** `v6peer doctor` on a peer path: coordinator, registration, exits, and which Teredo relay carries the packets. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startMiredoRelay } from "../src/index.ts";
import { attach } from "../src/topology/spokes.ts";
import { type Diagnosis, diagnose } from "./doctor-lab.ts";
import { eventually } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const OTHER_RELAY = { subnet: "2001:db8:b9::", ipv4: "192.0.2.53" };

describe.skipIf(!isRoot)("v6peer doctor on a path over a real Miredo relay", () => {
  const path = usePeerPath({ relay: "cone" });
  const look = (...args: readonly string[]) => {
    const [{ host, configFile }] = path.it.translator.v6peers;
    return diagnose(host, configFile, "--resolver", "::1", ...args);
  };
  /** What it finds once that holds: paths that are down are tried again soon. */
  const lookUntil = async (what: string, holds: (found: Diagnosis) => boolean): Promise<Diagnosis> => {
    let found = await look("--no-probe");
    await eventually(what, async () => {
      found = await look("--no-probe");
      return holds(found);
    });
    return found;
  };

  it("finds the relay, its round-trip time, the path, and the coordinator's word on the prefix", async () => {
    const found = await look();
    expect(found.of("coordinator")).toEqual([expect.stringMatching(/^ok /)]);
    expect(found.of("registration")).toEqual([
      expect.stringMatching(/^ok .* has verified that the prefix is routed to this host/),
    ]);
    expect(found.of("exits")).toEqual(["info 1 of 4 configured peer exits are up."]);
    expect(found.of("exit-path")).toEqual([expect.stringMatching(/^ok Exit 1: the path is up for .*, \d+\.\d ms\.$/)]);
    expect(found.of("relay-path")).toEqual([
      expect.stringMatching(
        new RegExp(
          `^ok The Teredo relay, the last IPv6 hop .*, is ${path.it.plan.relay.subnet}2 \\(\\d+\\.\\d ms\\)\\.$`,
        ),
      ),
    ]);
    // The coordinator is whom it asks from the prefix.
    expect(found.of("prefix-routed")).toEqual([
      expect.stringContaining(`replies from ${path.it.coordinatorIpv6} arrived`),
    ]);
    expect(found.troubles).toEqual([]);
    expect(found.exitCode).toBe(0);
  });

  it("sees a coordinator that is not the pinned one", async () => {
    const [{ host, configFile }] = path.it.translator.v6peers;
    const other = `${configFile}.pin`;
    writeFileSync(other, readFileSync(configFile, "utf8").replace(/^pin = .*$/m, `pin = "sha256//${"A".repeat(43)}="`));
    const found = await diagnose(host, other, "--no-probe", "--resolver", "::1");
    expect(found.of("coordinator")).toEqual([expect.stringContaining("the coordinator's key does not match the pin")]);
    expect(found.exitCode).toBe(1);
  });

  it("sees that one Teredo address is spread over two relays", async () => {
    const { lab, r6, r4, plan } = path.it;
    const host = await lab.host("relay2");
    await attach(lab, { host, router: r6, ipv6: OTHER_RELAY.subnet });
    await attach(lab, { host, router: r4, gateway: `${plan.backbone}1`, ipv4: [OTHER_RELAY.ipv4] });
    await lab.ready();
    await host.forward();
    await startMiredoRelay(lab, host, OTHER_RELAY.ipv4, "cone");
    // By flow, as routers do.
    await r6.sysctl({ "net/ipv6/fib_multipath_hash_policy": 1 });
    const relays = [`${plan.relay.subnet}2`, `${OTHER_RELAY.subnet}2`];
    await r6.ip(`-6 route replace 2001::/32 ${relays.map((relay) => `nexthop via ${relay}`).join(" ")}`);
    const found = await look();
    expect(found.of("relay-spread")).toEqual([
      `warn Packets to one Teredo address are spread over several relays: ${relays.join(", ")}.`,
    ]);
    await r6.ip(`-6 route replace 2001::/32 via ${relays[0]}`);
  });

  it("also finds it in this host's routes, before anything runs", async () => {
    const [{ host }] = path.it.translator.v6peers;
    const gateways = ["2001:db8:a1::1", "2001:db8:a1::9"];
    await host.ip(`-6 route add 2001::/32 ${gateways.map((gateway) => `nexthop via ${gateway}`).join(" ")}`);
    const found = await look("--no-probe");
    await host.ip("-6 route del 2001::/32");
    expect(found.of("relay-spread")).toEqual([
      `warn Packets to Teredo addresses are spread over several next hops: ${gateways.join(" and ")}.`,
    ]);
  });

  it("reports which paths are down, and that no exit is left", async () => {
    await path.it.translator.relay?.stop();
    const found = await lookUntil("the path is down", ({ of }) => of("exit-path")[0]?.includes("is down"));
    expect(found.of("exits")).toEqual(["error No peer exit is up (1 known, 4 configured)."]);
    expect(found.of("exit-path")).toEqual([expect.stringMatching(/^warn Exit 1: the path is down for /)]);
  });

  it("sees that the coordinator is away", async () => {
    await path.it.translator.coordinator.stop();
    const found = await lookUntil("it is missed", ({ of }) => of("registration")[0]?.startsWith("warn"));
    expect(found.of("coordinator")).toEqual([expect.stringMatching(/^warn The coordinator at .* cannot be used/)]);
    expect(found.of("registration")).toEqual([expect.stringMatching(/^warn v6peerd has had no connection to/)]);
  });
});

describe.skipIf(!isRoot)("v6peer doctor on a path over the built-in relay", () => {
  const path = usePeerPath({ relay: "builtin" });
  const look = () => {
    const [{ host, configFile }] = path.it.translator.v6peers;
    return diagnose(host, configFile, "--resolver", "::1");
  };

  it("has nothing to find on the way to the relay, which is v6peerd itself", async () => {
    const found = await look();
    expect(found.of("relay")).toEqual(["ok The built-in relay's address 192.0.2.61 is an address of this host."]);
    expect(found.of("relay-path")).toEqual([]);
    expect(found.of("exit-path")).toEqual([expect.stringMatching(/^ok Exit 1: the path is up/)]);
    expect(found.troubles).toEqual([]);
    expect(found.exitCode).toBe(0);
  });

  it("finds that a firewall drops packets to its UDP port, and its advice fixes that", async () => {
    const [{ host }] = path.it.translator.v6peers;
    await host.must([
      "nft",
      "table inet strict { chain i { type filter hook input priority 0; policy drop; ct state established,related accept; meta l4proto ipv6-icmp accept; }; }",
    ]);
    const found = await look();
    expect(found.of("firewall-relay")).toEqual([
      "error The nftables chain inet strict i drops UDP datagrams to the built-in relay's port 3545.",
    ]);
    expect(found.of("firewall-forward")).toEqual([]);
    const [{ advice }] = found.findings.filter(({ code }) => code === "firewall-relay");
    await host.must(["sh", "-ec", advice as string]);
    expect((await look()).of("firewall-relay")).toEqual([]);
  });
});

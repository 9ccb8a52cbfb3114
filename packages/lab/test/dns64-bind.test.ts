import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type HostProcess, prepareNamed, runWithResolver, startV6Peer } from "../src/index.ts";
import { PREFIXES, RECORDS, serverIn, useSharingLab, V6PEER, ZONE } from "./dns64-lab.ts";
import { eventually } from "./measured.ts";
import { isRoot } from "./root.ts";

describe.skipIf(!isRoot)("a DNS64 on BIND that v6peer dns64 keeps", () => {
  const lab = useSharingLab();
  let file: string;
  let watch: string[];
  let watching: HostProcess;

  beforeAll(async () => {
    const { lab: hosts, resolver, config } = lab.it;
    file = `${hosts.directory}/dns64.conf`;
    const named = prepareNamed(hosts, resolver.host, {
      ipv6: resolver.ipv6,
      zone: { name: ZONE, records: RECORDS },
      include: file,
    });
    watch = [
      ...V6PEER,
      "dns64",
      "watch",
      "bind",
      "-c",
      config,
      "-f",
      file,
      "--check",
      `named-checkconf ${named.configFile}`,
    ];
    const once = await resolver.host.run([...watch, "--once", "--reload", ""]);
    expect(once).toMatchObject({ code: 0, stderr: "" });
    await named.start();
    watch.push("--reload", named.reconfig);
    watching = await resolver.host.start(watch);
    await watching.waitFor(/The server now uses/);
  });

  const prefixesOf = async (name: string) => {
    const { addresses } = await lab.it.ask(`${name}.${ZONE}`);
    return PREFIXES.filter((prefix) => addresses.includes(serverIn(prefix)));
  };
  const leaves = (prefix: string) =>
    eventually(`${prefix} is in no answer`, async () => !(await prefixesOf("www")).includes(prefix));
  const returns = (prefix: string) =>
    eventually(`${prefix} is in the answers`, async () => (await prefixesOf("www")).includes(prefix));

  it("gives an IPv6-only client an address in each prefix for a name of an IPv4-only server", async () => {
    expect(await prefixesOf("www")).toEqual(PREFIXES);
    const { lab: hosts, client, resolver } = lab.it;
    const { stdout } = await runWithResolver(hosts, client, resolver.ipv6, ["getent", "ahostsv6", `www.${ZONE}`]);
    for (const prefix of PREFIXES) expect(stdout).toContain(serverIn(prefix));
  });

  it("and the client fetches by name", async () => {
    expect(await lab.it.fetch(`http://www.${ZONE}/`)).toMatch(/^Hello 203\.0\.113\.10!/);
  });

  it("stays within 512 bytes for a name with eight IPv4 addresses", async () => {
    const answer = await lab.it.ask(`many.${ZONE}`);
    expect(answer.addresses).toHaveLength(16);
    expect(answer).toMatchObject({ isTruncated: false, bytes: 12 + 18 + 4 + 16 * 28 });
    expect(answer.bytes).toBeLessThanOrEqual(512);
    expect(readFileSync(file, "utf8")).toContain("up to 8 IPv4 addresses");
  });

  it("makes up no addresses for IPv4 ones that no NAT64 reaches, nor for names that have IPv6", async () => {
    expect((await lab.it.ask(`loopback.${ZONE}`)).addresses).toEqual([]);
    expect((await lab.it.ask(`both.${ZONE}`)).addresses).toEqual(["2001:db8:f::1"]);
  });

  it("lets hosts find the prefixes (RFC 7050)", async () => {
    const { addresses } = await lab.it.ask("ipv4only.arpa");
    expect(addresses).toEqual(
      expect.arrayContaining(["2001:db8:64::c000:aa", "2001:db8:64::c000:ab", "2001:db8:65::c000:aa"]),
    );
  });

  it("takes a prefix out whose IPv6 peer is dead, and back in when it lives again", async () => {
    const { translator, v6peers, fetch } = lab.it;
    process.kill(translator.v6peers[0].process.pid, "SIGKILL");
    await leaves(PREFIXES[0]);
    expect(await prefixesOf("www")).toEqual([PREFIXES[1]]);
    await watching.waitFor(/2001:db8:64::\/96 \(own\) stopped working: .* does not answer pings/);
    expect(await fetch(`http://www.${ZONE}/`)).toMatch(/^Hello/);
    const options = { relay: "builtin", coordinator: "listed = true" } as const;
    await startV6Peer(lab.it, v6peers[0], translator.coordinator, options);
    await returns(PREFIXES[0]);
    await watching.waitFor(/2001:db8:64::\/96 \(own\) works again/);
    expect(await prefixesOf("www")).toEqual(PREFIXES);
  });

  it("takes a prefix out that answers pings but has no way to IPv4", async () => {
    const { v6peers, client } = lab.it;
    const { host } = v6peers[1];
    await host.ip("link set to-r4 down");
    await leaves(PREFIXES[1]);
    await watching.waitFor(/2001:db8:65::\/96 \(of .*\) stopped working: 2001:db8:65::ffff:0:1 answers pings, but/);
    expect((await client.run(["ping", "-c", "1", "-W", "2", "2001:db8:65::ffff:0:1"])).code).toBe(0);
  });

  it("leaves the last ones in when none works, and says so", async () => {
    await lab.it.v6peers[0].host.ip("link set to-r4 down");
    await eventually(
      "the watch notices",
      () => watching.stdout.split("2001:db8:64::/96 (own) stopped working").length > 2,
    );
    expect(await prefixesOf("www")).toEqual([PREFIXES[0]]);
    expect(watching.exitCode).toBeNull();
  });

  it("ends at SIGTERM with 0", async () => {
    await watching.stop();
    expect(watching.exitCode).toBe(0);
  });
});

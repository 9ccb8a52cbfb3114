import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type HostProcess, prepareNamed, prepareUnbound, queryAaaa, startV6Peer, type Unbound } from "../src/index.ts";
import { PREFIXES, RECORDS, serverIn, useSharingLab, V6PEER, ZONE } from "./dns64-lab.ts";
import { eventually } from "./measured.ts";
import { isRoot } from "./root.ts";

describe.skipIf(!isRoot)("a DNS64 on Unbound that v6peer dns64 keeps", () => {
  const lab = useSharingLab();
  let unbound: Unbound;
  let file: string;
  let watching: HostProcess;

  beforeAll(async () => {
    const { lab: hosts, resolver, config } = lab.it;
    file = `${hosts.directory}/dns64.conf`;
    const zone = { name: ZONE, records: RECORDS };
    await prepareNamed(hosts, resolver.host, { ipv6: "::1", port: 5300, zone }).start();
    unbound = prepareUnbound(hosts, resolver.host, {
      ipv6: resolver.ipv6,
      stub: { zone: ZONE, server: "::1@5300" },
      include: file,
    });
    const watch = [...V6PEER, "dns64", "watch", "unbound", "-c", config, "-f", file];
    watch.push("--check", `unbound-checkconf ${unbound.configFile}`);
    expect(await resolver.host.run([...watch, "--once", "--reload", ""])).toMatchObject({ code: 0, stderr: "" });
    await unbound.start();
    watching = await resolver.host.start([...watch, "--json", "--reload", unbound.reload]);
    await watching.waitFor(/"event":"changed"/);
  });

  const answer = async (name = "www") => (await lab.it.ask(`${name}.${ZONE}`)).addresses;
  const answersWith = (prefix: string) =>
    eventually(`the answer is in ${prefix}`, async () => (await answer()).join() === serverIn(prefix));

  it("gives an IPv6-only client an address in the first prefix, Unbound having one alone", async () => {
    expect(readFileSync(file, "utf8")).toContain(`dns64-prefix: ${PREFIXES[0]}`);
    expect(await answer()).toEqual([serverIn(PREFIXES[0])]);
    expect(await answer("both")).toEqual(["2001:db8:f::1"]);
  });

  it("and the client fetches by name", async () => {
    expect(await lab.it.fetch(`http://www.${ZONE}/`)).toMatch(/^Hello 203\.0\.113\.10!/);
  });

  it("goes over to the next prefix when that one dies, whatever is in the cache, and back when it lives again", async () => {
    const { translator, v6peers, fetch } = lab.it;
    process.kill(translator.v6peers[0].process.pid, "SIGKILL");
    await answersWith(PREFIXES[1]);
    expect(await fetch(`http://www.${ZONE}/`)).toMatch(/^Hello/);
    const options = { relay: "builtin", coordinator: "listed = true" } as const;
    await startV6Peer(lab.it, v6peers[0], translator.coordinator, options);
    await answersWith(PREFIXES[0]);
    const events = () =>
      watching.stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { event: string; prefix?: string; prefixes?: string[] });
    for (const event of [
      { event: "left", prefix: PREFIXES[0] },
      { event: "changed", prefixes: [PREFIXES[1]] },
      { event: "returned", prefix: PREFIXES[0] },
    ])
      await expect.poll(events).toContainEqual(expect.objectContaining(event));
  });

  it("Unbound itself takes the last of two prefixes without a word, and refuses the module twice", async () => {
    const { lab: hosts, resolver } = lab.it;
    const include = `${file}.two`;
    const stub = { zone: ZONE, server: "::1@5300" };
    const other = prepareUnbound(hosts, resolver.host, { ipv6: "::1", stub, include, name: "other" });
    const two = PREFIXES.map((prefix) => `  dns64-prefix: ${prefix}`).join("\n");
    writeFileSync(include, `server:\n  module-config: "dns64 dns64 iterator"\n${two}\n`);
    expect(await resolver.host.run(["unbound-checkconf", other.configFile])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not known to work"),
    });
    writeFileSync(include, `server:\n  module-config: "dns64 iterator"\n${two}\n`);
    expect(await resolver.host.run(["unbound-checkconf", other.configFile])).toMatchObject({ code: 0, stderr: "" });
    await other.start();
    const { addresses } = await queryAaaa(resolver.host, "::1", `www.${ZONE}`);
    expect(addresses).toEqual([serverIn(PREFIXES[1])]);
  });

  it("puts the old file back when Unbound's configuration would be wrong with the new one", async () => {
    const { host } = lab.it.resolver;
    const before = readFileSync(file, "utf8");
    const { config } = lab.it;
    const other = ["--prefix", "64:ff9b::/96", "--check", "echo nonsense; false", "--reload", "false"];
    writeFileSync(
      `${config}.none`,
      readFileSync(config, "utf8")
        .replace(/^trusted = .*$/m, "")
        .replace("2001:db8:64::", "2001:db8:99::"),
    );
    const watch = [...V6PEER, "dns64", "watch", "unbound", "-c", `${config}.none`, "-f", file, "--once", ...other];
    const { code, stdout } = await host.run(watch);
    expect(code).toBe(1);
    expect(stdout).toMatch(/check of the server's configuration failed, so the previous file was restored.*nonsense/);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

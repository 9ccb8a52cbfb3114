/**
 * Whether `v6peer doctor` can tell how a prefix arrives, with a real router (the Linux kernel's):
 *
 *     v6peer ── router ── far
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Host, type HostProcess, Lab } from "../src/index.ts";
import { commandOf } from "../src/programs/daemon.ts";
import { attach } from "../src/topology/spokes.ts";
import { type Diagnosis, diagnose, type Found } from "./doctor-lab.ts";
import { eventually } from "./measured.ts";
import { isRoot } from "./root.ts";

const PREFIX = "2001:db8:64::/80";
const FAR = "2001:db8:f::2";
const hasNdppd = spawnSync("ndppd", ["--version"]).error === undefined;

describe.skipIf(!isRoot)("v6peer doctor on how the prefix arrives", () => {
  let lab: Lab;
  let [v6peer, router, far]: Host[] = [];
  let config: string;

  beforeAll(async () => {
    lab = Lab.create();
    [v6peer, router, far] = [await lab.host("v6peer"), await lab.host("router"), await lab.host("far")];
    await router.forward();
    await attach(lab, { host: v6peer, router, ipv6: "2001:db8:a::" });
    await attach(lab, { host: far, router, ipv6: "2001:db8:f::" });
    await lab.ready();
    // As many errors as are asked for: the tests come in quick succession.
    for (const host of [router, far]) await host.sysctl({ "net/ipv6/icmp/ratelimit": 0 });
    config = `${lab.directory}/v6peer.toml`;
    writeFileSync(
      config,
      `prefix = "${PREFIX}"\nlab = true\n[local-exit]\nmode = "masquerade"\n[control]\nsocket = "${lab.directory}/none.sock"\n`,
    );
  });
  afterAll(() => lab?.down());
  beforeEach(async () => {
    for (const host of [router, far]) await host.run(["nft", "flush", "ruleset"]);
    await router.run(["ip", "-6", "route", "del", PREFIX]);
  });

  const look = (...args: readonly string[]): Promise<Diagnosis> =>
    diagnose(v6peer, config, "--target", FAR, "--resolver", "::1", ...args);
  const routed = () => router.addRoute(PREFIX, "2001:db8:a::2");
  const onLink = () => router.ip(`-6 route add ${PREFIX} dev to-v6peer`);

  it("routed: requests from it are answered, in packets of full size, and nothing is left behind", async () => {
    await routed();
    const state =
      "ip -6 address show dev lo; ip -6 route show table all; ip -6 maddress show dev to-router; nft list ruleset";
    const before = await v6peer.must(["sh", "-c", state]);
    const found = await look();
    expect(found.of("prefix-routed")).toEqual([`ok ${PREFIX} is routed to this host: replies from ${FAR} arrived.`]);
    expect(found.of("path-mtu")).toEqual([`ok Packets of 1500 bytes reach ${FAR}, unfragmented.`]);
    expect(await v6peer.must(["sh", "-c", state])).toBe(before);
  });

  it.each(["SIGINT", "SIGKILL"] as const)(
    "ended by %s it leaves nothing behind, or what the next run removes",
    async (signal) => {
      await onLink(); // a run that lasts
      const command = [...commandOf("@nat64/v6peer-cli", "v6peer"), "doctor", "--target", FAR, "--config", config];
      const run = await v6peer.start(command);
      const traces = async () =>
        v6peer.must([
          "sh",
          "-c",
          "nft list tables; ip -6 -o address show dev lo scope global | grep 2001:db8:64: || true",
        ]);
      await eventually("it has begun", async () => /v6peer_doctor[\s\S]*2001:db8:64:/.test(await traces()));
      run.signal(signal);
      await run.ended();
      if (signal === "SIGINT") expect(await traces()).toBe("");
      else {
        await look();
        // The address that a killed run leaves ends by itself.
        const left = (await traces()).split("\n").filter((line) => line !== "");
        expect(left.filter((line) => !/ 2001:db8:64:.* valid_lft \d+sec/.test(line))).toEqual([]);
      }
    },
  );

  it("on-link: the router asks for its addresses by Neighbour Solicitation", async () => {
    await onLink();
    const found = await look();
    expect(found.exitCode).toBe(1);
    expect(found.of("prefix-on-link")).toEqual([
      `error ${PREFIX} is on-link on to-router, not routed: 2001:db8:a::1 sends a solicitation for each address in it and gets no answer.`,
    ]);
    const [finding] = found.findings.filter(({ code }) => code === "prefix-on-link");
    expect(finding.advice).toMatch(/Ask your provider to route .* to 2001:db8:a::2\. .*NDP proxy/);
  });

  it("the subnet of this host's own address: one cheap VPS, of which routes let guess and packets are sure", async () => {
    const own = `${lab.directory}/on-link.toml`;
    writeFileSync(own, `prefix = "2001:db8:a:0:64::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n`);
    const guessed = await diagnose(v6peer, own, "--no-probe", "--resolver", "::1");
    expect(guessed.of("prefix-on-link")).toEqual([
      "warn 2001:db8:a:0:64::/80 is in 2001:db8:a::/64, which is on-link on to-router.",
    ]);
    const sure = await diagnose(v6peer, own, "--target", FAR, "--resolver", "::1");
    expect(sure.of("prefix-on-link")).toEqual([
      expect.stringMatching(/^error .* sends a solicitation for each address/),
    ]);
  });

  it.skipIf(!hasNdppd)(
    `on-link behind a real NDP proxy${hasNdppd ? "" : " (skipped: needs ndppd)"}: it works, and that is said`,
    async () => {
      await onLink();
      const file = `${lab.directory}/ndppd.conf`;
      writeFileSync(file, `proxy to-router {\n  rule ${PREFIX} {\n    static\n  }\n}\n`);
      const proxy: HostProcess = await v6peer.start(["ndppd", "-c", file]);
      await proxy.waitFor(/rule::create|notice|Starting|ndppd/i).catch(() => {});
      const found = await look();
      await proxy.stop();
      expect(found.of("prefix-proxied")).toEqual([
        `info ${PREFIX} is on-link on to-router: 2001:db8:a::1 sends solicitations for its addresses, and an NDP proxy answers.`,
      ]);
    },
  );

  it("routed to nowhere: neither answers nor solicitations", async () => {
    await router.ip(`-6 route add blackhole ${PREFIX}`);
    expect((await look()).of("prefix-lost")).toEqual([
      `error ${FAR} answers this host, but not packets from ${PREFIX}, and no router sends solicitations for the prefix on to-router.`,
    ]);
  });

  it("routed nearby only: answers from afar are lost", async () => {
    await routed();
    await far.must([
      "nft",
      `table ip6 t { chain o { type filter hook output priority 0; ip6 daddr ${PREFIX} drop; }; }`,
    ]);
    expect((await look()).of("prefix-far")).toEqual([
      `warn Nearby routers route ${PREFIX} to this host, but replies from ${FAR} do not arrive.`,
    ]);
  });

  it("a silent target: the nearby routers are enough", async () => {
    await routed();
    await far.must(["nft", "table ip6 t { chain i { type filter hook input priority 0; udp dport != 0 drop; }; }"]);
    expect((await look()).of("prefix-routed")).toEqual([
      expect.stringMatching(/^ok Nearby routers route .*; .* does not answer this host at all/),
    ]);
  });

  it("no route to the target", async () => {
    const [finding] = (await look("--target", "2001:db8:dead::1")).of("prefix-probe");
    // The router answers that it has no route: from nearby, and nothing comes back to the prefix.
    expect(finding).toMatch(/^warn 2001:db8:dead::1 does not answer/);
  });

  it("large packets that vanish without Packet Too Big", async () => {
    await routed();
    await router.must([
      "nft",
      "table ip6 t { chain f { type filter hook forward priority 0; ip6 length > 1300 drop; }; }",
    ]);
    expect((await look()).of("path-mtu")).toEqual([
      `warn ${FAR} answers packets of 1280 bytes, but none of 1500, and no router sends Packet Too Big.`,
    ]);
  });

  it("forwarding disables router advertisements: a problem only if the default route came from one", async () => {
    await v6peer.sysctl({ "net/ipv6/conf/all/forwarding": 1, "net/ipv6/conf/to-router/accept_ra": 1 });
    const set = await look("--no-probe");
    await v6peer.ip("-6 route change default via 2001:db8:a::1 dev to-router proto ra");
    const learnt = await look("--no-probe");
    await v6peer.ip("-6 route change default via 2001:db8:a::1 dev to-router proto static");
    await v6peer.sysctl({ "net/ipv6/conf/all/forwarding": 0, "net/ipv6/conf/to-router/accept_ra": 0 });
    expect(set.of("accept-ra")).toEqual([expect.stringMatching(/^ok to-router: .* static/)]);
    expect(learnt.of("accept-ra")).toEqual([
      expect.stringMatching(/^warn to-router: the kernel ignores router advertisements/),
    ]);
  });

  it("without the capability it skips checks that it may not do, and says so", async () => {
    const { stdout } = await v6peer.run([
      ...[
        "setpriv",
        "--bounding-set=-all",
        "--inh-caps=-all",
        "--ambient-caps=-all",
        ...commandOf("@nat64/v6peer-cli", "v6peer"),
      ],
      ...["doctor", "--json", "--resolver", "::1", "--config", config],
    ]);
    const { findings } = JSON.parse(stdout) as { findings: readonly Found[] };
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "prefix-probe",
        severity: "info",
        message: expect.stringContaining("needs root"),
      }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ code: "rights", severity: "warn" }));
  });

  it("a smaller link on the way, whose router says Packet Too Big", async () => {
    await routed();
    for (const [host, device] of [
      [router, "to-far"],
      [far, "to-router"],
    ] as const)
      await host.ip(`link set ${device} mtu 1400`);
    const [finding] = (await look()).of("path-mtu");
    for (const [host, device] of [
      [router, "to-far"],
      [far, "to-router"],
    ] as const)
      await host.ip(`link set ${device} mtu 1500`);
    expect(finding).toBe(`ok Packets of 1500 bytes reach ${FAR}, fragmented, after a router sent Packet Too Big.`);
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bulk, oursOver, type RunningPeerPath, type RunningPeerTopology, startPeer } from "../src/index.ts";
import { type Outcome, run } from "../src/netns/command.ts";
import { isRoot } from "./root.ts";

const folder = mkdtempSync(`${tmpdir()}/nat64-bench-`);
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = fileURLToPath(new URL("../dist/bench/main.js", import.meta.url));
const bench = (...args: string[]): Promise<Outcome> => run([process.execPath, PROGRAM, ...args], { timeout: 110_000 });

/** A script of our own that brings up the real TAYGA, as anybody may bring up a translator of theirs. */
const SCRIPT_WITH_TAYGA = `#!/bin/sh -e
cat > "$NAT64_DIRECTORY/other.conf" <<END
tun-device other
ipv4-addr \${NAT64_POOL%/*}
prefix $NAT64_PREFIX
dynamic-pool $NAT64_POOL
data-dir $NAT64_DIRECTORY
END
tayga --config "$NAT64_DIRECTORY/other.conf" --mktun
ip link set other up
ip -6 route add "$NAT64_PREFIX" dev other
ip -4 route add "$NAT64_POOL" dev other
exec tayga --config "$NAT64_DIRECTORY/other.conf" --nodetach
`;

function program(name: string, text: string): string {
  const file = `${folder}/${name}`;
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe.skipIf(!isRoot)("a bench of real translators", () => {
  it("prints every metric of a round of kernel forwarding as JSON", async () => {
    const { code, stdout } = await bench("local", "--only", "kernel", "--rounds", "1", "--seconds", "1", "--json");
    expect(code).toBe(0);
    const { results, failures, metrics } = JSON.parse(stdout);
    expect(failures).toEqual([]);
    // What only a translator's process has is missing.
    const expected = metrics.map(({ key }: { key: string }) => key);
    const own = /^(tcp-\d-(up|down)-cpu|idle-cpu|memory|peak-memory)(-(v6peer|relay|v4peer))?$/;
    expect(Object.keys(results.kernel)).toEqual(expected.filter((key: string) => !own.test(key)));
    expect(results.kernel["tcp-1-up"].median).toBeGreaterThan(0);
    expect(results.kernel["udp-64-down"].median).toBeGreaterThan(0);
  });

  it("measures a translator that a program of somebody's own brings up, and draws it", {
    timeout: 120_000,
  }, async () => {
    const [svg, json] = [`${folder}/result.svg`, `${folder}/result.json`];
    const mine = program("mine", SCRIPT_WITH_TAYGA);
    const picked = ["--other", `mine=${mine}`, "--only", "kernel,mine", "--probes", "tcp-1-up,ping-pong-paced,memory"];
    const { code, stdout, stderr } = await bench(
      "local",
      ...picked,
      "--rounds",
      "1",
      "--seconds",
      "1",
      "--json",
      "--svg",
      svg,
    );
    expect({ code, progress: stderr }).toMatchObject({ code: 0, progress: expect.stringContaining("memory, mine") });
    const { results, ratios, goals, failures } = JSON.parse(stdout);
    expect(failures).toEqual([]);
    const measured = ["tcp-1-up", "tcp-1-up-cpu", "tcp-1-up-machine-cpu", "ping-pong-paced-p50", "ping-pong-paced-p99"];
    expect(Object.keys(results.mine)).toEqual([...measured, "memory", "peak-memory"]);
    expect(ratios.mine["tcp-1-up"].median).toBeGreaterThan(0);
    expect(new Set(goals.map(({ met }: { met: boolean | null }) => met))).toEqual(new Set([null])); // ours was not there

    writeFileSync(json, stdout);
    const drawn = await bench("picture", json);
    expect(drawn).toMatchObject({ code: 0, stdout: readFileSync(svg, "utf8") });
  });

  it("prints the output of a translator that ended at once, and leaves no picture", async () => {
    const broken = program("broken", "#!/bin/sh\necho 'I cannot translate' >&2\nexit 4\n");
    const svg = `${folder}/none.svg`;
    const { code, stderr } = await bench("local", "--other", `broken=${broken}`, "--only", "broken", "--svg", svg);
    expect(code).toBe(1);
    expect(stderr).toContain("ended with exit code 4; it printed: I cannot translate");
    expect(existsSync(svg)).toBe(false);
  });
});

describe.skipIf(!isRoot)("the peer path where no interface of our daemons can segment UDP", () => {
  let path: RunningPeerTopology<RunningPeerPath> | undefined;
  beforeAll(async () => {
    path = await startPeer(oursOver({ relay: "builtin", egress: "cannot segment UDP" }));
  });
  afterAll(() => path?.lab.down());

  it("carries bulk data all the same", async () => {
    const { client, server, serverNat64, v6peers, v4peers } = path as RunningPeerTopology<RunningPeerPath>;
    for (const [host, device] of [
      [v6peers[0].host, "to-r4"],
      [v6peers[0].host, "to-r6"],
      [v4peers[0].host, v4peers[0].device],
    ] as const) {
      expect(await host.must(["ethtool", "-k", device])).toContain("tx-udp-segmentation: off");
    }
    const { bytes } = await bulk({ client, server, target: serverNat64, direction: "up", streams: 1, seconds: 1 });
    expect(bytes).toBeGreaterThan(1e6);
  });
});

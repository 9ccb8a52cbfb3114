import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const HERE = import.meta.dirname;
const MERGING = ["packet_merge.c", "packet_batch.c", "flow_packet.c", "checksum.c"];
const hasCompiler = spawnSync("cc", ["--version"]).status === 0;

describe.skipIf(!hasCompiler)("the packet path in C (needs cc)", () => {
  const forThreads = ["write_helper.c", "flow_buckets.c", "tun_io.c", "wait.c", ...MERGING];
  it.each([
    ["packets", "batch_test.c", ["tun_io.c", "wait.c", ...MERGING]],
    ["datagrams", "datagram_test.c", ["udp_receive.c", "udp_send.c", "udp_open.c", "packet_cut.c", ...MERGING]],
    ["super-packets", "merge_test.c", ["packet_cut.c", ...MERGING]],
    ["packets that two threads write", "write_helper_test.c", forThreads],
  ])("touches no byte outside a lying batch of %s and accounts for each, under the sanitizers", (_, test, tested) => {
    runSanitized("address,undefined", test, tested);
  });

  it("shares writes between two threads without a race, and keeps the packets of a flow in order", () => {
    runSanitized("thread", "write_helper_test.c", forThreads);
  });
});

/** Compiles a test program with what it tests and runs it: it ends with 0 when all holds. */
function runSanitized(sanitizers: string, test: string, tested: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "nat64-native-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "test");
  const flags = ["-std=gnu17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"];
  const sources = [`native/${test}`, ...["counters.c", ...tested].map((name) => `../native/${name}`)];
  const compile = spawnSync(
    "cc",
    [...flags, `-fsanitize=${sanitizers}`, "-fno-sanitize-recover=all", "-o", program, ...sources],
    {
      cwd: HERE,
      encoding: "utf8",
    },
  );
  expect(compile.stderr).toBe("");
  const run = spawnSync(program, { encoding: "utf8", timeout: 30_000 });
  expect(run).toMatchObject({ status: 0, stderr: "" });
}

describe("the build", () => {
  it("needs no newer C library than 2.28, so that what is built here runs on every Debian and RHEL since 2019", () => {
    // The names of the versions that an ELF file needs (.gnu.version_r) lie in its string table, as they are.
    const names = readFileSync(join(HERE, "../dist/tun.node"), "latin1").matchAll(/\0GLIBC_(\d+)\.(\d+)[\d.]*(?=\0)/g);
    const minors = [...names].map(([, major, minor]) => (major === "2" ? Number(minor) : Number.POSITIVE_INFINITY));
    // Of memcpy, in every build for amd64; ports that came later have 2.17 as their lowest.
    expect(minors.length).toBeGreaterThan(0);
    expect(Math.max(...minors)).toBeLessThanOrEqual(28);
  });

  it("says in a sentence that the compiler is missing, fails, and leaves the last addon alone", () => {
    const addon = join(HERE, "../dist/tun.node");
    const before = statSync(addon).mtimeMs;
    const run = spawnSync(process.execPath, ["../build.mjs"], {
      cwd: HERE,
      encoding: "utf8",
      env: { ...process.env, CC: "/missing/cc" },
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^@nat64\/tun: the C compiler "\/missing\/cc" is missing: install gcc .*\n$/);
    expect(statSync(addon).mtimeMs).toBe(before);
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const HERE = import.meta.dirname;
const NATIVE = join(HERE, "../native");
const hasCompiler = spawnSync("cc", ["--version"]).status === 0;

describe.skipIf(!hasCompiler)("the packet path in C (needs cc)", () => {
  it.each([
    ["packets", "batch_test.c", ["packets", "io", "tun", "wait"]],
    ["datagrams", "datagram_test.c", ["packets", "io", "udp"]],
    ["super-packets", "merge_test.c", ["packets", "io"]],
    ["packets that two threads write", "write_helper_test.c", ["packets", "io", "tun"]],
  ])("touches no byte outside a lying batch of %s and accounts for each, under the sanitizers", (_, test, rooms) => {
    runSanitized("address,undefined", test, rooms);
  });

  it("shares writes between two threads without a race, and keeps the packets of a flow in order", () => {
    runSanitized("thread", "write_helper_test.c", ["packets", "io", "tun"]);
  });
});

/** Compiles a test program with the rooms that it tests and runs it: it exits with 0 when everything holds. */
function runSanitized(sanitizers: string, test: string, rooms: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "nat64-native-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "test");
  const flags = ["-std=gnu17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-I", NATIVE];
  const sources = [`native/${test}`, ...rooms.flatMap(sourcesOf)];
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

/** The C files of a room. */
function sourcesOf(room: string): string[] {
  const names = readdirSync(join(NATIVE, room));
  return names.filter((name) => name.endsWith(".c")).map((name) => join(NATIVE, room, name));
}

describe("the build", () => {
  it("needs no newer C library than 2.28, so that the addon runs on every Debian and RHEL since 2019", () => {
    // The names of the versions that an ELF file needs (.gnu.version_r) lie in its string table, as they are.
    const names = readFileSync(join(HERE, "../dist/packet-io.node"), "latin1").matchAll(
      /\0GLIBC_(\d+)\.(\d+)[\d.]*(?=\0)/g,
    );
    const minors = [...names].map(([, major, minor]) => (major === "2" ? Number(minor) : Number.POSITIVE_INFINITY));
    // Of memcpy, in every build for amd64; ports that came later have 2.17 as their lowest.
    expect(minors.length).toBeGreaterThan(0);
    expect(Math.max(...minors)).toBeLessThanOrEqual(28);
  });

  it("says in a sentence that the compiler is missing, fails, and leaves the last addon alone", () => {
    const addon = join(HERE, "../dist/packet-io.node");
    const before = statSync(addon).mtimeMs;
    const run = spawnSync(process.execPath, ["../build.mjs"], {
      cwd: HERE,
      encoding: "utf8",
      env: { ...process.env, CC: "/missing/cc" },
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^@nat64\/packet-io: the C compiler "\/missing\/cc" is missing: install gcc .*\n$/);
    expect(statSync(addon).mtimeMs).toBe(before);
  });
});

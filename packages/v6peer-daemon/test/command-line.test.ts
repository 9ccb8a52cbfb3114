import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { DAEMON } from "./support/daemon.ts";

const EXAMPLE = fileURLToPath(new URL("../v6peer.example.toml", import.meta.url));

function v6peerd(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DAEMON, ...args], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { code: status, stdout, stderr };
}

it("--help and --version explain themselves", () => {
  expect(v6peerd("--help")).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: v6peerd /), stderr: "" });
  expect(v6peerd("-V")).toEqual({ code: 0, stdout: expect.stringMatching(/^v6peerd \d+\.\d+\.\d+\n$/), stderr: "" });
});

it.each([["--nope"], ["stray"], ["--config"], ["--config", ""], ["--check-config", "--undo"]])(
  "%s is a usage error: 64 and a sentence",
  (...args) => {
    const { code, stdout, stderr } = v6peerd(...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toMatch(/^v6peerd: .*\nTry v6peerd --help\.\n$/s);
  },
);

it("ends in peace when nobody reads on, and with a sentence when the disk is full", () => {
  const shell = (rest: string) =>
    spawnSync("sh", ["-c", `"$0" "$1" --help ${rest}; echo $? >&2`, process.execPath, DAEMON], { encoding: "utf8" });
  expect(shell(">/dev/full").stderr).toMatch(/^v6peerd: the output cannot be written \(ENOSPC: .*\)\n70\n$/);
  expect(shell("| true").stderr).toBe("0\n");
});

it("--check-config needs no root and touches nothing", () => {
  expect(v6peerd("--check-config", "-c", EXAMPLE)).toEqual({
    code: 0,
    stdout: `${EXAMPLE}: valid; the NAT64 prefix is 2001:db8:64::/96\n`,
    stderr: "",
  });
  const missing = v6peerd("--check-config", "-c", "/nonexistent.toml");
  expect(missing).toEqual({
    code: 78,
    stdout: "",
    stderr: "/nonexistent.toml:1:1: cannot be read: there is no such file\n",
  });
});

it("the client's entry loads neither the addon nor the engine", () => {
  const loaded = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `
      await import(${JSON.stringify(new URL("../dist/control/client.js", import.meta.url).href)});
      console.log(JSON.stringify(process.report.getReport().sharedObjects.filter((path) => path.endsWith(".node"))));
    `,
    ],
    { encoding: "utf8" },
  );
  expect(loaded.stdout.trim()).toBe("[]");
  for (const file of ["client", "protocol", "bandwidth"]) {
    const text = readFileSync(new URL(`../dist/control/${file}.js`, import.meta.url), "utf8");
    expect(text).not.toMatch(/from "@nat64\/(?!daemon-kit\/control"|peer-protocol")/);
  }
});

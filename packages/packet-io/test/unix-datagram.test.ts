import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sendUnixDatagram } from "@nat64/packet-io/unix";
import { describe, expect, it, onTestFinished } from "vitest";

const hasPerl = spawnSync("perl", ["-MSocket", "-e", "1"]).status === 0;

/** Binds a datagram socket (Node has none), says so, and prints the first datagram that comes. */
const RECEIVER = `
use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
my $path = $ARGV[0]; $path =~ s/^@/\\0/;
bind($s, pack("S a*", AF_UNIX, $path)) or die $!;
print "bound\\n";
recv($s, my $text, 4096, 0); print $text;`;

async function receiveOne(path: string, send: () => void): Promise<string> {
  const receiver = spawn("perl", ["-e", RECEIVER, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void receiver.kill());
  let said = "";
  receiver.stdout.on("data", (chunk) => {
    said += chunk;
    if (said === "bound\n") send();
  });
  await once(receiver, "close");
  return said;
}

describe.skipIf(!hasPerl)("sendUnixDatagram (needs perl)", () => {
  it("reaches a socket by its path, several lines in one datagram", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nat64-unix-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "notify");
    expect(await receiveOne(path, () => sendUnixDatagram(path, "READY=1\nSTATUS=über"))).toBe(
      "bound\nREADY=1\nSTATUS=über",
    );
  });

  it("reaches a socket in the abstract namespace", async () => {
    const path = `@nat64-test-${process.pid}`;
    expect(await receiveOne(path, () => sendUnixDatagram(path, "WATCHDOG=1"))).toBe("bound\nWATCHDOG=1");
  });
});

describe("sendUnixDatagram", () => {
  it.each([
    ["/nowhere/socket", "ENOENT"],
    [`/${"x".repeat(120)}`, "ENAMETOOLONG"],
    ["", "EINVAL"],
    ["@nat64-nobody", "ECONNREFUSED"],
  ])("says why %j cannot be reached", (path, errno) => {
    expect(() => sendUnixDatagram(path, "x")).toThrow(expect.objectContaining({ code: "ERR_PACKET_IO_SYSTEM", errno }));
  });

  it("refuses text that would be cut", () => {
    expect(() => sendUnixDatagram("@x", "x".repeat(5000))).toThrow(TypeError);
    expect(() => sendUnixDatagram("@x", "a\0b")).toThrow(TypeError);
  });
});

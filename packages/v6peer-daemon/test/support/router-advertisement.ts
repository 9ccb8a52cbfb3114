/** A router on a link of a namespace: a TUN device whose other end sends one router advertisement (RFC 4861 §4.2). */

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TestNamespace } from "./namespace.ts";

/**
 * Runs inside the namespace: brings "ra0" up, sends the advertisement from fe80::99 to all nodes, and holds the device.
 * The checksum is that of exactly these bytes.
 */
const ROUTER = `
import { execFileSync } from "node:child_process";
import { createPacketBatch } from "@nat64/packet-io/packets";
import { openTun } from "@nat64/tun";
const tun = openTun({ name: "ra0", offloads: "none" });
execFileSync("sh", ["-ec", "echo 1 > /proc/sys/net/ipv6/conf/ra0/accept_ra; ip link set ra0 up"]);
const packet = Uint8Array.from(Buffer.from(
  "6000000000103aff" + "fe800000000000000000000000000099" + "ff020000000000000000000000000001" + "86000000400007080000000000000000",
  "hex"));
let sum = 0;
for (let i = 8; i < 56; i += 2) sum += (packet[i] << 8) | packet[i + 1];
sum += 16 + 58;
while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
packet[42] = (~sum >>> 8) & 0xff;
packet[43] = ~sum & 0xff;
const batch = createPacketBatch({ bytes: 256, capacity: 1 });
batch.bytes.set(packet, 64);
batch.offset[0] = 64;
batch.length[0] = packet.length;
batch.count = 1;
tun.write(batch);
console.log("sent");
setInterval(() => {}, 1000);
`;

/** Makes the namespace learn a default route on the device "ra0", which lives until `stop`. */
export async function learnDefaultRoute(namespace: TestNamespace): Promise<{ readonly stop: () => Promise<void> }> {
  const router = spawn("ip", ["netns", "exec", namespace.name, process.execPath, "--input-type=module", "-e", ROUTER], {
    cwd: new URL("../..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(router, "exit").then(([code]) => {
    throw new Error(`the router ended with ${code}`);
  });
  ended.catch(() => {}); // it is stopped in the end
  await Promise.race([once(router.stdout, "data"), ended]);
  return {
    stop: async () => {
      const closed = once(router, "close");
      router.kill();
      await closed;
    },
  };
}

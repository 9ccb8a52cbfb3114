/**
 * ICMP errors whose inner packet an IPv6 peer invented, and packets of local users for the TUN device, at a real kernel. What
 * reaches the home network is counted by its router.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CANNOT_RUN, PeerLab } from "./support/lab.ts";

const UDP = 17;
const PING = 58;
const SERVER = "203.0.113.80";
const LAN = "192.168.1.1";

let lab: PeerLab;
let port: number;

/** ICMP errors that arrived at the home router from this host, for itself or to be sent on. */
function errorsInLan(): number {
  return Number(/packets (\d+)/.exec(lab.inHome("nft list table ip watch"))?.[1]);
}

const packetsToIPv4 = async (): Promise<number> => (await lab.status()).engine.packetsToIPv4;
const drops = async (code: string): Promise<number> => (await lab.status()).engine.drops[code] ?? 0;

describe.skipIf(CANNOT_RUN !== undefined)(`ICMP errors at v4peer (${CANNOT_RUN ?? "root"})`, () => {
  beforeAll(async () => {
    lab = new PeerLab();
    await lab.world.line(({ event }) => event === "listening", "coordinator");
    lab.inHome(`nft 'table ip watch { chain arriving { type filter hook prerouting priority mangle;
      iifname lan icmp type { destination-unreachable, time-exceeded } counter; }; }'`);
    // A ping is forgotten by this kernel while the translator remembers it.
    lab.inPeer("echo 1 > /proc/sys/net/netfilter/nf_conntrack_icmp_timeout");
    await lab.runWithPair("--internet");
    const { ports } = (await lab.said("accept")) as unknown as { ports: { first: number } };
    port = ports.first + 1;
    // A flow that is carried.
    await lab.packet(lab.send({ to: SERVER, protocol: UDP, sport: port }));
  });

  afterAll(() => lab.remove());

  test.each([
    ["about a packet of the LAN's router, in its name", { from: LAN, about: LAN }, "refused-by-policy"],
    ["about a packet of this host, in its name", { from: "192.168.1.10", about: "192.168.1.10" }, "refused-by-policy"],
    ["about a packet that was carried, sent to the LAN", { from: LAN, about: SERVER }, "refused-source"],
    ["about a packet of the LAN, sent to the server", { from: SERVER, about: LAN }, "refused-source"],
    ["about a port that never sent", { from: SERVER, about: SERVER, dport: 1 }, "no-session"],
    ["about a server that never sent", { from: "203.0.113.81", about: "203.0.113.81" }, "no-session"],
  ])("one %s does not get out and is counted", async (_, fields, code) => {
    const before = await drops(code);
    lab.sendError({ protocol: UDP, sport: 7, dport: port, ...fields });
    await lab.until(({ engine }) => engine.drops[code] === before + 1);
    expect(errorsInLan()).toBe(0);
  });

  test("one about a flow that the kernel no longer knows is dropped by the firewall", async () => {
    const id = port + 5;
    await lab.packet(lab.send({ to: SERVER, protocol: PING, sport: id }));
    // Its lifetime of a second ends.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const before = await packetsToIPv4();
    lab.sendError({ from: SERVER, about: SERVER, protocol: PING, sport: id });
    await lab.until(({ engine }) => engine.packetsToIPv4 === before + 1);
    // The flow that both know comes after it, so the first one is not on its way any more.
    lab.sendError({ from: SERVER, about: SERVER, protocol: UDP, sport: 7, dport: port });
    await expect.poll(errorsInLan).toBe(1);
  });

  test("users of this host send nothing into the TUN device", () => {
    const send = `require("dgram").createSocket("udp4").send("x", 7, "198.19.255.192", (error) => {
      console.log(error?.code); process.exit(); })`;
    expect(lab.inPeer(`${process.execPath} -e '${send}'`).trim()).toBe("EPERM");
  });
});

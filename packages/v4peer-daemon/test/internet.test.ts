/** `v4peer run` in network namespaces, behind a NAT, with real packets. The world beyond follows a script. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Status } from "../src/index.ts";
import { CANNOT_RUN, type Line, PeerLab, type Talker } from "./support/lab.ts";

const UDP = 17;
const TCP = 6;
const PING = 58;

const ROOT = `(${CANNOT_RUN ?? "root"})`;
const SERVER = "203.0.113.80";

let lab: PeerLab;

async function makeLab(): Promise<void> {
  lab = new PeerLab();
  await lab.world.line(({ event }) => event === "listening", "coordinator");
}

const removeLab = (): Promise<void> => lab.remove();

const refusals = ({ engine }: Status): number => engine.drops["refused-by-policy"] ?? 0;

describe.skipIf(CANNOT_RUN !== undefined)(`v4peer run --internet, behind a NAT ${ROOT}`, () => {
  let peer: Talker;
  let first: number;
  let last: number;

  beforeAll(async () => {
    await makeLab();
    peer = await lab.runWithPair("--internet");
    ({ first, last } = ((await lab.said("accept")) as { ports: { first: number; last: number } }).ports);
  });

  afterAll(removeLab);

  test("packets cross both ways, masqueraded into the pair's ports", async () => {
    const sport = first + 1;
    const udp = await lab.packet(lab.send({ to: SERVER, protocol: UDP, sport }));
    expect(udp).toMatchObject({ from: SERVER, protocol: UDP, ports: [7, sport] });
    // The server saw the home NAT, which keeps the port that it was given: that of the pair's block.
    expect(udp.data).toBe(`198.51.100.7:${sport}`);
    const ping = await lab.packet(lab.send({ to: SERVER, protocol: PING, data: "who is there" }));
    expect(ping).toMatchObject({ from: SERVER, protocol: PING, data: "who is there" });
    expect((ping.ports as number[])[0] >> 8).toBe(129);
    // A port that is closed answers with a reset, which crosses as TCP.
    const reset = await lab.packet(lab.send({ to: SERVER, protocol: TCP, sport, dport: 81 }));
    expect(reset).toMatchObject({ protocol: TCP, ports: [81, sport] });
  });

  test("a client cannot make this host speak from its Teredo socket's port, or any other that is not the pair's", async () => {
    const { udpPort } = await lab.status();
    const { data } = await lab.packet(lab.send({ to: SERVER, protocol: UDP, sport: udpPort }));
    const seen = Number(String(data).split(":")[1]);
    expect(seen).toBeGreaterThanOrEqual(first);
    expect(seen).toBeLessThanOrEqual(last);
  });

  test("an IPv4 router on the way is seen: its error crosses as ICMPv6", async () => {
    // This host's translator and its kernel are hops, then comes the home NAT.
    const { protocol, from } = await lab.packet(lab.send({ to: SERVER, protocol: UDP, hops: 3 }));
    expect([protocol, from]).toEqual([PING, "192.168.1.1"]);
  });

  test.each([
    ["the router's page on the LAN", "192.168.1.1", TCP, 80],
    ["another host on the LAN", "192.168.1.20", TCP, 80],
    ["this host", "192.168.1.10", TCP, 22],
    ["the router's page on its public address", "198.51.100.7", TCP, 80],
    ["the coordinator", "192.0.2.1", TCP, 3544],
    ["the coordinator's second address", "192.0.2.2", UDP, 53],
    ["the relay", "203.0.113.9", UDP, 53],
    ["a cloud's metadata", "169.254.169.254", TCP, 80],
    ["a private network further on, in a laboratory too", "10.1.2.3", TCP, 80],
    ["another one", "172.16.0.9", UDP, 53],
    ["addresses that providers share", "100.64.0.1", TCP, 80],
    ["loopback", "127.0.0.1", TCP, 80],
    ["mail", SERVER, TCP, 25],
    ["file sharing", SERVER, TCP, 445],
    ["what amplifies", SERVER, UDP, 123],
  ])("%s is refused and counted: %s, protocol %i, port %i", async (_, to, protocol, dport) => {
    const before = refusals(await lab.status());
    const from = lab.send({ to, protocol, dport });
    await lab.until((status) => refusals(status) === before + 1);
    // The rest keeps working; and the only answer that there may be is that the IPv4 peer must not (RFC 7600's address).
    lab.send({ to: SERVER, protocol: UDP });
    await lab.world.line((line) => line.event === "packet" && line.from === SERVER, "answer", from);
    const others = lab.world.lines.slice(from).filter((line) => line.event === "packet" && line.from !== SERVER);
    for (const answer of others) expect(answer).toMatchObject({ from: "192.0.0.8", protocol: PING });
  });

  test("data from a relay that is not validated is dropped and counted", async () => {
    // The home NAT lets the stranger in only after the peer has sent there: a bubble, which does not make it a relay.
    const { peer: state, counters } = await lab.status();
    const [{ id, address }] = state.pairs;
    const bubble = { type: "bubble", pair: id, source: "fe80::1", address };
    lab.world.tell({ command: "say", message: { ...bubble, relay: { address: "203.0.113.10", port: 3545 } } });
    await lab.until((status) => status.counters.bubblesSent === counters.bubblesSent + 1);
    const from = lab.send({ to: SERVER, protocol: UDP, relay: "203.0.113.10" });
    await lab.until(({ loop }) => loop.drops["relay-not-validated"] === 1);
    expect(lab.world.lines.slice(from).filter(({ event }) => event === "packet")).toEqual([]);
  });

  test("this host's other interfaces do not begin to forward", () => {
    expect(lab.inPeer("cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/lo/forwarding")).toBe("0\n0\n");
    const guard = lab.inPeer("nft list chain inet v4peer_v4peer forward_guard");
    expect(guard).toContain('iifname "v4peer" oifname != "eth0" drop');
    expect(guard).toContain('iifname "eth0" meta nfproto ipv4 drop');
  });

  test("a second one with the same socket is refused and breaks nothing", async () => {
    const second = lab.run("--internet", "--interface", "second");
    expect(await second.exit).toBe(71);
    expect(JSON.stringify(second.lines)).toContain("another v4peer answers");
    await lab.packet(lab.send({ to: SERVER, protocol: UDP }));
  });

  test("a path goes on without the coordinator, and the pair is named when it is back", async () => {
    const from = lab.world.lines.length;
    const logged = peer.lines.length;
    lab.world.tell({ command: "hangUp" });
    await peer.log("no coordinator", logged);
    await lab.packet(lab.send({ to: SERVER, protocol: UDP }));
    const { pairs } = (await lab.said("register-v4", from)) as unknown as { pairs: Line[] };
    expect(pairs).toHaveLength(1);
  });
});

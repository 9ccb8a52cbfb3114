import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { CANNOT_RUN } from "./support/namespace.ts";
import { HAS_MIREDO, HAS_MIREDO_SERVER, PeerWorld } from "./support/peer-world.ts";

const CHECK = fileURLToPath(new URL("support/check.mjs", import.meta.url));
const PING = "ping -6 -c 3 -i 0.2 -W 2 2001:db8:64::203.0.113.77";
const CANNOT = CANNOT_RUN ?? (HAS_MIREDO ? undefined : "needs miredo");

describe.skipIf(CANNOT)(`peer exits through real relays${CANNOT ? ` (skipped: ${CANNOT})` : ""}`, () => {
  let world: PeerWorld;

  beforeEach(async () => {
    world = new PeerWorld();
    await world.startCoordinator();
  });

  afterEach(async () => {
    await world.remove();
  });

  const status = async () => {
    const client = await DaemonClient.connect(world.files.socket);
    return client.ask("status").finally(() => client.close());
  };

  it("an IPv6 peer without any IPv4: a client's ping goes through a Miredo relay and an IPv4 peer, and back", async () => {
    await world.startMiredo();
    await world.startIPv4Peer();
    await world.startDaemon();
    await world.daemon.message("the prefix is registered");
    await world.path("up");
    expect(world.client.run(PING)).toContain("3 received");
    const metrics = world.peer.run("curl -sf http://127.0.0.1:9464/metrics");
    expect(metrics).toMatch(/nat64_exits{state="up"} 1/);
    expect(metrics).toMatch(/nat64_exit_rtt_seconds{exit="1"} 0\.\d+/);
    expect(metrics).toMatch(/nat64_coordinator_connected 1/);
    expect((await status()).exit).toEqual({ mode: "none", pool: [] });
    // An answer that comes late counts as lost for a while.
    await expect
      .poll(async () => (await status()).peer)
      .toMatchObject({
        registration: "registered",
        coordinator: { state: "open" },
        exits: [{ exit: 1, state: "up", loss: 0, internet: true, sessions: 1 }],
      });
    expect(world.client.run("ping -6 -c 1 -W 2 2001:db8:64::ffff:0:1")).toContain("1 received");
    // Larger than Teredo carries: the kernel says so, and the client's next packets fit.
    expect(world.client.run("ping -6 -c 1 -W 1 -s 1400 -M do 2001:db8:64::203.0.113.77 2>&1 || true")).toContain(
      "mtu=1280",
    );
    // The kernel said so, which does not mind super-packets whose segments fit.
    expect((await status()).counters.engine.drops).not.toHaveProperty("packet-too-big");
    expect(JSON.stringify(world.daemon.log)).not.toContain("2001:db8:c:");
    const found = world.peer.run(`${process.execPath} ${CHECK} ${world.files.config}`);
    expect(found).toMatch(/ok coordinator/);
    expect(found).toMatch(/ok identity/);
    expect(found).toMatch(/warn relay/);
    expect(await world.daemon.stop()).toBe(0);
  });

  it("a reload changes exits and the engine, and paths and sessions go on", async () => {
    await world.startMiredo();
    await world.startIPv4Peer();
    await world.startDaemon();
    await world.path("up");
    world.client.run(PING);
    const before = world.daemon.log.length;
    const text = readFileSync(world.files.config, "utf8").replace('relay = "system"', 'relay = "system"\ncount = 2');
    writeFileSync(world.files.config, `${text}\n[timers]\nicmp = 61\n`);
    const client = await DaemonClient.connect(world.files.socket);
    const report = await client.ask("reload").finally(() => client.close());
    expect(report).toMatchObject({ accepted: true, applied: ["peer-exits.count", "timers.icmp"], needsRestart: [] });
    await world.daemon.message("the prefix is registered", before);
    expect((await status()).peer?.exits).toMatchObject([{ state: "up", sessions: 1 }]);
    expect(world.client.run(PING)).toContain("3 received");
  });

  it("ended or crashed and started again, it has its exits under the same selectors soon", async () => {
    await world.startMiredo();
    await world.startIPv4Peer();
    const selectors: number[] = [];
    for (const signal of ["SIGTERM", "SIGKILL", "SIGTERM"] as const) {
      await world.startDaemon();
      await world.path("up");
      selectors.push(...((await status()).peer?.exits.map(({ selector }) => selector) ?? []));
      await world.daemon.stop(signal);
    }
    expect(selectors).toEqual([selectors[0], selectors[0], selectors[0]]);
  });

  it("the coordinator is killed: what there is goes on; it comes back, and everything is registered again", async () => {
    await world.startMiredo();
    await world.startIPv4Peer();
    await world.startDaemon();
    await world.path("up");
    await world.kill(world.coordinator);
    await world.daemon.message("no connection to the coordinator");
    expect(world.client.run(PING)).toContain("3 received");
    const after = world.daemon.log.length;
    await world.startCoordinator();
    await world.daemon.message("the prefix is registered", after);
    const { peer } = await status();
    expect(peer?.exits).toMatchObject([{ state: "up" }]);
    expect(world.client.run(PING)).toContain("3 received");
  });

  it("an IPv4 peer is killed without a word, under load: others take its clients, and it is gone in the end", async () => {
    await world.startMiredo();
    const peers = [await world.startIPv4Peer(1), await world.startIPv4Peer(2)];
    await world.startDaemon('relay = "system"\ncount = 2');
    await world.path("up", 2);
    world.client.run(PING);
    const [victim] = (await status()).peer?.exits.filter(({ sessions }) => sessions > 0) ?? [];
    const after = world.daemon.log.length;
    await world.kill(peers[world.seedOf(victim.peer) - 1]);
    world.client.run("ping -6 -c 2 -W 1 2001:db8:64::203.0.113.77 || true");
    await world.path("suspect", 1, after);
    expect(world.client.run(PING)).toContain("3 received");
    await world.path("down", 1, after);
    expect(world.client.run(PING)).toContain("3 received");
  });

  it("the built-in relay carries packets to and from an IPv4 peer", async () => {
    world.giveIPv4();
    await world.startIPv4Peer();
    await world.startDaemon('relay = "builtin"\nrelay-address = "198.51.100.2"');
    await world.path("up");
    expect(world.client.run(PING)).toContain("3 received");
    const { peer } = await status();
    expect(peer?.relay).toMatchObject({ peers: 1 });
    expect(peer?.relay?.packetsFromTeredo).toBeGreaterThan(3);
  });

  it.skipIf(!HAS_MIREDO_SERVER)(
    "a real Miredo client talks to an IPv6 host through the built-in relay",
    async () => {
      world.giveIPv4();
      const relay = 'relay = "builtin"\nrelay-address = "198.51.100.2"\nserves = ["2001:db8:c::/64"]';
      // The host is its router, too: the client asks it first through its own server, natively.
      await world.startDaemon(relay, "[host]\nforward-others = true");
      await world.startMiredoClient();
      expect(world.home.run("ping -6 -c 5 -i 0.3 -W 2 2001:db8:c::2")).toMatch(/[45] received/);
      const { peer } = await status();
      expect(peer?.relay?.packetsFromTeredo).toBeGreaterThan(3);
    },
    60_000,
  );
});

/** An exit answers probes and loses data: new flows of clients go elsewhere within seconds. */
import { describe, expect, test } from "vitest";
import { type Sent, World } from "./world.ts";

const BLACK = 1;
const GOOD = 2;
const CLIENTS = Array.from({ length: 16 }, (_, client) => client + 1);
/** Servers in networks of their own. */
const SERVERS = Array.from({ length: 8 }, (_, i) => `93.184.${16 * i}.2`);

/** Every client opens a flow a second, at a time of its own. */
function everySecond(world: World, protocol: "tcp" | "udp", servers = SERVERS) {
  return (now: number): void => {
    for (const client of CLIENTS) {
      if (now % 1000 !== client * 60) continue;
      const server = servers[(client + Math.floor(now / 1000)) % servers.length];
      world.open({ client, protocol, server });
    }
  };
}

const share = (sent: readonly Sent[], exit: number) => sent.filter((each) => each.exit === exit).length / sent.length;

describe.each(["tcp", "udp"] as const)("%s", (protocol) => {
  test("an exit that loses all data is suspect within four seconds, and gets no new clients then", () => {
    const world = new World(2, ({ exit }) => exit !== BLACK);
    const flows = everySecond(world, protocol);
    world.run(4000, flows);
    expect(share(world.take().sent, BLACK)).toBeGreaterThan(0);
    expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([true, false]);
    world.run(5000, flows);
    expect(share(world.take().sent, BLACK)).toBe(0);
  });

  test("… also when all clients use one server", () => {
    const world = new World(2, ({ exit }) => exit !== BLACK);
    const flows = everySecond(world, protocol, ["93.184.216.34"]);
    world.run(4000, flows);
    world.take();
    world.run(5000, flows);
    expect(share(world.take().sent, BLACK)).toBe(0);
    expect(world.data.isSuspect(BLACK)).toBe(true);
  });

  test("… also when it worked well before", () => {
    const world = new World(2, ({ exit, now }) => exit !== BLACK || now < 60_000);
    const flows = everySecond(world, protocol);
    world.run(60_000, flows);
    expect(share(world.take().sent, BLACK)).toBeGreaterThan(0.2);
    world.run(8000, flows);
    expect(world.data.isSuspect(BLACK)).toBe(true);
  });

  test("a client alone leaves an exit that never answered it, without a verdict on the exit", () => {
    const world = new World(2, ({ exit }) => exit !== BLACK);
    const client = CLIENTS.find(
      (each) => world.open({ client: each, protocol, server: SERVERS[0] }) === BLACK,
    ) as number;
    world.run(1000);
    world.open({ client, protocol, server: SERVERS[0] });
    world.run(2000);
    expect(world.open({ client, protocol, server: SERVERS[0] })).toBe(GOOD);
    expect(world.data.isSuspect(BLACK)).toBe(false);
  });

  test("a flow that nobody answered moves with its next packet; one that was answered stays", () => {
    let isBlack = false;
    const world = new World(2, ({ exit }) => exit !== BLACK || !isBlack);
    const client = CLIENTS.find(
      (each) => world.open({ client: each, protocol, server: SERVERS[0] }) === BLACK,
    ) as number;
    const early = { client, protocol, server: SERVERS[0], port: 3001 };
    const late = { client, protocol, server: SERVERS[1], port: 3002 };
    world.open(early);
    world.run(200);
    isBlack = true;
    world.open(late);
    world.run(5000, everySecond(world, protocol));
    expect(world.data.isSuspect(BLACK)).toBe(true);
    expect([world.open(early), world.open(late)]).toEqual([BLACK, GOOD]);
    world.run(200);
    expect(world.open(late)).toBe(GOOD);
  });

  test("after a pause a few flows try the exit again: when they are answered, it gets its clients back", () => {
    let isBlack = true;
    const world = new World(2, ({ exit }) => exit !== BLACK || !isBlack);
    const flows = everySecond(world, protocol);
    world.run(8000, flows);
    world.take();
    // A trial that fails, and one that does not.
    world.run(10_000, flows);
    expect(world.take().sent.filter(({ exit }) => exit === BLACK).length).toBeLessThanOrEqual(5);
    expect(world.data.isSuspect(BLACK)).toBe(true);
    isBlack = false;
    world.run(90_000, flows);
    expect(world.data.isSuspect(BLACK)).toBe(false);
    const newcomers = Array.from({ length: 20 }, (_, i) =>
      world.open({ client: 100 + i, protocol, server: SERVERS[0] }),
    );
    expect(newcomers.filter((exit) => exit === BLACK).length).toBeGreaterThan(4);
  });
});

describe("servers that are down", () => {
  test.each([1, 4, 8])("%i of 8: no exit is suspect", (down) => {
    const world = new World(2, ({ server }) => SERVERS.indexOf(server) >= down);
    const flows = everySecond(world, "tcp");
    for (let second = 0; second < 120; second++) {
      world.run(1000, flows);
      if (down < 8) expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([false, false]);
    }
    world.take();
    world.run(10_000, flows);
    expect(share(world.take().sent, BLACK)).toBeGreaterThan(0.1);
  });
});

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

/** Every client has a connection, on which it sends so many bytes each half second. */
function upload(world: World, size: number) {
  return (now: number): void => {
    for (const client of CLIENTS) {
      const flow = { client, protocol: "tcp", server: SERVERS[client % SERVERS.length], port: 5000 } as const;
      if (now === 20 * client) world.open(flow);
      if (now > 500 && now % 500 === 20 * client) world.open({ ...flow, size, isOpen: true });
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
    const [black, good] = [world.data.describe(BLACK), world.data.describe(GOOD)];
    expect([black.lost, black[protocol].answered, good.lost]).toEqual([[protocol], 0, []]);
    expect(black[protocol].silent).toBeGreaterThanOrEqual(3);
    expect(good[protocol].answered).toBeGreaterThan(good[protocol].opened / 2);
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

describe("an exit that is dead by half", () => {
  test.each(["tcp", "udp"] as const)("only %s dies", (dead) => {
    const protocol = dead === "tcp" ? 6 : 17;
    const world = new World(2, (sent) => sent.exit !== BLACK || sent.protocol !== protocol);
    const tcp = everySecond(world, "tcp");
    const udp = everySecond(world, "udp");
    const both = (now: number) => {
      tcp(now);
      udp(now);
    };
    world.run(5000, both);
    expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([true, false]);
    world.take();
    world.run(3000, both);
    expect(share(world.take().sent, BLACK)).toBe(0);
  });

  test("only large packets to servers die", () => {
    const world = new World(2, ({ exit, length }) => exit !== BLACK || length < 1200);
    world.run(5000, upload(world, 600));
    expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([false, false]);
    const other = new World(2, ({ exit, length }) => exit !== BLACK || length < 1200);
    other.run(5000, upload(other, 1180));
    expect([other.data.isSuspect(BLACK), other.data.isSuspect(GOOD)]).toEqual([true, false]);
  });

  test("only large packets from servers die", () => {
    const world = new World(
      2,
      ({ exit, length }) => exit !== BLACK || length < 100,
      ({ length }) => (length > 80 ? 1180 : 0),
    );
    const requests = upload(world, 100);
    const opens = everySecond(world, "tcp");
    const both = (now: number) => {
      requests(now);
      opens(now);
    };
    world.run(20_000, both);
    expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([true, false]);
  });

  test("only one destination network dies: its flows go through the other exit, and the exit keeps the rest", () => {
    const dead = SERVERS[0];
    const world = new World(2, ({ exit, server }) => exit !== BLACK || server !== dead);
    const flows = everySecond(world, "tcp");
    world.run(10_000, flows);
    world.take();
    const newcomers = Array.from({ length: 40 }, (_, i) => i);
    const exits = (from: number, server: string) =>
      newcomers.map((i) => world.open({ client: from + i, protocol: "tcp", server }));
    expect([world.data.describe(BLACK).destinationsLost, world.data.describe(GOOD).destinationsLost]).toEqual([1, 0]);
    expect(new Set(exits(100, dead))).toEqual(new Set([GOOD]));
    world.run(10_000, flows);
    expect(world.data.isSuspect(BLACK)).toBe(false);
    expect(exits(200, SERVERS[1]).filter((exit) => exit === BLACK).length).toBeGreaterThan(8);
  });

  test("an exit that answers three flows of ten", () => {
    let flow = 0;
    const world = new World(2, ({ exit }) => exit !== BLACK || (flow++ * 7) % 10 < 3);
    world.run(30_000, everySecond(world, "tcp"));
    expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([true, false]);
  });
});

describe("nobody gets an exit condemned alone", () => {
  /** Clients of one exit. */
  const clientsOf = (world: World, exit: number, count: number, from: number) => {
    const found: number[] = [];
    for (let client = from; found.length < count; client++) {
      if (world.open({ client, protocol: "tcp", server: SERVERS[0] }) === exit) found.push(client);
    }
    return found;
  };

  test.each([1, 2])("%i networks that send to dead addresses as fast as they can", (networks) => {
    const world = new World(2, ({ server }) => SERVERS.includes(server));
    const hostile = clientsOf(world, GOOD, networks, 1000);
    const flows = everySecond(world, "tcp");
    world.run(20_000, (now) => {
      flows(now);
      if (now % 100 === 0)
        for (const client of hostile) world.open({ client, protocol: "tcp", server: `45.${(now / 100) & 127}.1.1` });
      expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([false, false]);
    });
  });

  test("many networks send to dead addresses through a selector", () => {
    const world = new World(2, ({ server }) => SERVERS.includes(server));
    const flows = everySecond(world, "tcp");
    world.run(20_000, (now) => {
      flows(now);
      if (now % 100 === 0)
        world.open({
          client: 2000 + ((now / 100) % 100),
          protocol: "tcp",
          server: `45.${(now / 100) & 127}.0.1`,
          selector: 0x102,
        });
      expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([false, false]);
    });
  });

  test("many networks at one exit: an honest client reaches its server at any time, and the exit gets clients back", () => {
    const world = new World(2, ({ server }) => SERVERS.includes(server));
    const hostile = clientsOf(world, GOOD, 40, 3000);
    const flows = everySecond(world, "tcp");
    let failed = 0;
    const newcomer = (now: number) => {
      const exit = world.open({ client: 5000 + now / 1000, protocol: "tcp", server: SERVERS[1] });
      if (exit === 0) failed++;
    };
    world.run(30_000, (now) => {
      flows(now);
      if (now % 1000 === 0) newcomer(now);
      if (now % 500 !== 0) return;
      for (const client of hostile)
        world.open({ client, protocol: "tcp", server: `45.${(now / 100 + client) & 127}.0.1` });
    });
    world.run(90_000, (now) => {
      if (now % 1000 === 0) newcomer(now);
    });
    expect(failed).toBe(0);
    expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([false, false]);
  });
});

describe("servers that are down", () => {
  test.each([1, 4, 8])("%i of 8: no exit is suspect", (down) => {
    const world = new World(2, ({ server }) => SERVERS.indexOf(server) >= down);
    const flows = everySecond(world, "tcp");
    for (let second = 0; second < 60; second++) {
      world.run(1000, flows);
      if (down < 8) expect([world.data.isSuspect(BLACK), world.data.isSuspect(GOOD)]).toEqual([false, false]);
    }
    world.take();
    world.run(10_000, flows);
    expect(share(world.take().sent, BLACK)).toBeGreaterThan(0.1);
  });
});

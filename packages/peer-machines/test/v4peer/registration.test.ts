import { describe, expect, test } from "vitest";
import { NatTest } from "../../src/v4peer/registration/nat-test.ts";
import {
  type Filter,
  isSame,
  LOCAL,
  MAPPING,
  type Nat,
  Other,
  RELAY,
  SECOND,
  SERVER,
  SOLICIT,
  WELCOME,
  World,
} from "./support.ts";

const restrictedByPort: Filter = (from, sentTo) => sentTo.some((to) => isSame(to, from));
const open: Filter = () => true;
const SYMMETRIC: Nat = (to) => ({ ...MAPPING, port: to.address === SERVER.address ? 50_000 : 50_001 });

describe("registering", () => {
  test("says which destinations it allows and how many pairs it accepts", () => {
    const world = new World({ bandwidth: 20_000_000, wants: ["nrfrhkbnnrvand7pu4ab336lv7sqruj5"], onlyWanted: true });
    world.do(world.peer.opened(WELCOME, world.now));
    expect(world.one("register-v4")).toEqual({
      type: "register-v4",
      internet: true,
      publishes: false,
      bandwidth: 20_000_000,
      maxPairs: 2,
      wants: ["nrfrhkbnnrvand7pu4ab336lv7sqruj5"],
      onlyWanted: true,
      pairs: [],
    });
  });

  test("from then on, nothing may be forwarded to the coordinator or the home NAT", () => {
    const world = new World();
    world.register();
    const last = world.outputs.filter((output) => output.kind === "forbidden").at(-1);
    expect(last).toEqual({
      kind: "forbidden",
      addresses: expect.arrayContaining([SERVER.address | 0, SECOND.address | 0, MAPPING.address | 0]),
    });
  });

  test("knows the coordinator's endpoints after it was told", () => {
    const world = new World();
    const known = () => [SERVER, SECOND, RELAY].map(({ address, port }) => world.peer.isFromServer(address, port));
    expect(known()).toEqual([false, false, false]);
    world.register();
    expect(known()).toEqual([true, true, false]);
    expect(world.peer.isFromServer(SERVER.address, SERVER.port + 1)).toBe(false);
  });

  test("solicits, and returns the nonce of the Router Advertisement with the mapping", () => {
    const world = new World();
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    expect(world.one("mapped")).toEqual({
      type: "mapped",
      address: "198.51.100.7",
      port: 50_000,
      nonce: world.mappingNonces[0],
      nat: "unknown",
    });
    world.hear({ type: "registered", role: "v4peer", address: "198.51.100.7", port: 50_000 });
    expect(world.peer.describe()).toMatchObject({ registered: true, mapping: { address: "198.51.100.7" } });
  });

  test("keeps the mapping alive with a solicitation at least every 25 s, and reports it once", () => {
    const world = new World();
    world.register();
    const answered = world.mappingNonces.length;
    world.until(world.now + 10 * 60_000);
    expect(world.mappingNonces.length - answered).toBeGreaterThanOrEqual(24);
    expect(world.said).toEqual([]);
  });

  test("a changed mapping is reported with the nonce that came with it", () => {
    const world = new World();
    world.register();
    world.nat = () => ({ ...MAPPING, port: 51_111 });
    world.until(world.now + 25_000);
    const [mapped] = world.take("mapped");
    expect(mapped).toMatchObject({ port: 51_111 });
    expect(world.mappingNonces).toContain(mapped.nonce);
  });

  test("a mapping that the coordinator refused is proved again", () => {
    const world = new World();
    world.register();
    const before = world.mappingNonces.length;
    world.hear({ type: "error", code: "mapping-unproven", message: "Too old.", temporary: true, regarding: "mapped" });
    world.until(world.now + 1);
    expect(world.one("mapped").nonce).toBe(world.mappingNonces[before]);
  });

  test("a path that is down makes it ask for its mapping at once", () => {
    const world = new World();
    world.register();
    world.until(world.now + 1_000);
    const asked = world.mappingNonces.length;
    const other = Other.pair(world);
    world.until(world.now + 1);
    expect(world.mappingNonces.length).toBe(asked);
    world.hear(other.pairMessage("path-down"));
    world.until(world.now + 1);
    expect(world.mappingNonces.length).toBe(asked + 1);
  });

  test("a mapping that comes too fast is proved again when the coordinator says, once", () => {
    const world = new World();
    world.register();
    const before = world.mappingNonces.length;
    const error = { code: "too-fast", message: "Too fast.", temporary: true, regarding: "mapped", retryAfter: 12 };
    world.hear({ type: "error", ...error });
    world.until(world.now + 11_999);
    expect(world.take("mapped")).toEqual([]);
    world.until(world.now + 2);
    expect(world.mappingNonces.slice(before)).toContain(world.one("mapped").nonce);
    world.until(world.now + 60_000);
    expect(world.take("mapped")).toEqual([]);
  });

  test("a temporarily refused registration is retried when the coordinator says", () => {
    const world = new World();
    world.do(world.peer.opened(WELCOME, world.now));
    world.one("register-v4");
    const error = { code: "full", message: "No room.", temporary: true, regarding: "register-v4", retryAfter: 90 };
    world.hear({ type: "error", ...error });
    world.until(89_999);
    expect(world.take("register-v4")).toEqual([]);
    world.until(90_000);
    expect(world.take("register-v4")).toHaveLength(1);
  });

  test("stops soliciting after a lost connection, and starts again with the next one", () => {
    const world = new World();
    world.register();
    world.peer.lost(world.now);
    const before = world.mappingNonces.length;
    world.until(world.now + 600_000);
    expect(world.mappingNonces.length).toBe(before);
    expect(world.peer.describe().registered).toBe(false);
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    expect(world.one("mapped")).toMatchObject({ port: 50_000, nat: "port-restricted" });
  });

  test("a coordinator that is silent on UDP is reported once", () => {
    const world = new World();
    world.serverAnswers = false;
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    world.until(20_000);
    expect(world.events).toEqual([{ name: "server-silent" }]);
    expect(world.take("mapped")).toEqual([]);
  });
});

describe("the kind of NAT", () => {
  const CASES: [string, Nat, Filter][] = [
    ["none", () => LOCAL, open],
    ["cone", () => MAPPING, open],
    ["port-restricted", () => MAPPING, restrictedByPort],
    ["symmetric", SYMMETRIC, restrictedByPort],
    ["symmetric", SYMMETRIC, open],
  ];

  test.each(CASES)("%s is detected and reported with a fresh nonce", (kind, nat, filter) => {
    const world = new World();
    Object.assign(world, { nat, filter });
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    world.until(30_000);
    const last = world.take("mapped").at(-1);
    expect(last).toMatchObject({ nat: kind });
    expect(world.mappingNonces).toContain(last?.nonce);
    expect(world.peer.describe().nat).toBe(kind);
  });

  test("a NAT that moves the mapping to avoid unsolicited answers is found not to be symmetric after a while", () => {
    const world = new World();
    // As on Linux: a host that has sent to the NAT itself gets another port for 30 s.
    let forgetsAt = 0;
    world.filter = (from, sentTo) => {
      const isAsked = sentTo.some((to) => isSame(to, from));
      if (!isAsked) forgetsAt = world.now + 30_000;
      return isAsked;
    };
    world.nat = (to) => (to.address === SECOND.address && world.now < forgetsAt ? { ...MAPPING, port: 9 } : MAPPING);
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    world.until(30_000);
    expect(world.take("mapped").at(-1)).toMatchObject({ nat: "symmetric" });
    world.until(60_000);
    expect(world.take("mapped").at(-1)).toMatchObject({ nat: "port-restricted" });
  });

  test("a symmetric NAT stays symmetric when it is checked again", () => {
    const world = new World();
    world.nat = SYMMETRIC;
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    world.until(300_000);
    const kinds = world.events.filter(({ name }) => name === "nat-kind");
    expect(kinds).toEqual([{ name: "nat-kind", nat: "symmetric" }]);
  });

  test("if primary and secondary share one address, a cone NAT looks like a restricted one", () => {
    const secondary = { ...SERVER, port: 3545 };
    const kinds = [SECOND, secondary].map((second) => {
      const drawNonce = () => new Uint8Array(8);
      const authenticate = () => new Uint8Array(32);
      const options = { primary: SERVER, secondary: second, mapping: MAPPING, authenticate, drawNonce };
      const nat = new NatTest({ ...options, clientIdentifier: new Uint8Array(16) }, 0);
      nat.advance(0);
      nat.answer(second, MAPPING, 1);
      nat.answer(second, MAPPING, 2);
      return nat.result;
    });
    expect(kinds).toEqual(["cone", "restricted"]);
  });

  test("is not tested again while the mapping is unchanged, because the first test would distort a second one", () => {
    const world = new World();
    world.register();
    const found = world.events.filter(({ name }) => name === "nat-kind").length;
    world.peer.lost(world.now);
    world.do(world.peer.opened(WELCOME, world.now));
    world.hear(SOLICIT);
    world.until(world.now + 60_000);
    expect(world.events.filter(({ name }) => name === "nat-kind")).toHaveLength(found);
  });
});

describe("a datagram that claims to be from the coordinator", () => {
  test("a Router Advertisement with a wrong HMAC, or for an old solicitation, changes nothing", () => {
    const world = new World();
    world.do(world.peer.opened(WELCOME, world.now));
    const answers: Uint8Array[] = [];
    const receive = world.peer.receiveDatagram.bind(world.peer);
    world.peer.receiveDatagram = (address, port, bytes, now) => {
      answers.push(bytes);
      return receive(address, port, bytes, now);
    };
    world.hear(SOLICIT);
    const [good] = answers;
    const before = world.peer.describe();
    const wrong = good.slice();
    // The origin indication's address: the HMAC covers it.
    wrong[4 + 48 + 8 + 1 + 4] ^= 1;
    expect(receive(SERVER.address, SERVER.port, wrong, 1)).toEqual([]);
    expect(receive(SERVER.address, SERVER.port, good, 1)).toEqual([]);
    expect(world.peer.describe()).toEqual(before);
    expect(world.peer.counters.drops["bad-advertisement"]).toBe(2);
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["a truncated packet", Uint8Array.of(0x60, 0, 0)],
    ["an unknown encapsulation", new Uint8Array(60).fill(9)],
  ])("%s is dropped", (_, bytes) => {
    const world = new World();
    world.register();
    expect(world.peer.receiveDatagram(SERVER.address, SERVER.port, bytes, world.now)).toEqual([]);
    expect(world.peer.counters.drops["bad-advertisement"]).toBe(1);
  });
});

import { createHash } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import {
  exitsOf,
  type HostProcess,
  ours,
  type RunningLocalTopology,
  type RunningOurs,
  startEchoServer,
  startLocal,
  startWebServer,
  Ticker,
  Transfer,
  tcpConnect,
  urlOf,
  V6PEER,
} from "../src/index.ts";
import { eventually } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const BYTES = 2_000_000;
const BYTES_PER_SECOND = 1_000_000;
const SHA256 = createHash("sha256").update(payload(BYTES)).digest("hex");

/** Of curl: it could not connect, and time was over. */
const COULD_NOT_CONNECT = 7;
const TIME_IS_OVER = 28;

/** Sends one datagram from a connected socket, and prints the error that comes back, or "nothing" after ten seconds. */
const ASK_BY_UDP = `
const socket = require("node:dgram").createSocket("udp6");
const tell = (what) => { console.log(what); process.exit(); };
socket.on("error", ({ code }) => tell(code));
socket.connect(53, process.argv[1], () => socket.send("?"));
setTimeout(tell, 10_000, "nothing");`;

/** What a command printed with --json, line by line. */
const steps = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe.skipIf(!isRoot)("an IPv6 peer that drains", () => {
  let it_: RunningLocalTopology<RunningOurs>;
  beforeEach(async () => {
    it_ = await startLocal({ translator: ours() });
    await startWebServer(it_.server);
    await startEchoServer(it_.server);
  });
  afterEach(() => it_?.lab.down());

  const command = (...args: string[]) => [...V6PEER, ...args, "--socket", it_.translator.controlSocket];
  const v6peer = (...args: string[]) => it_.v6peer.run(command(...args));
  const start = (...args: string[]): Promise<HostProcess> => it_.v6peer.start(command(...args));
  const fetch = (seconds = 20) => it_.client.run(["curl", "-gsS", "--max-time", `${seconds}`, urlOf(it_.serverNat64)]);
  const download = () =>
    Transfer.start({
      client: it_.client,
      target: it_.serverNat64,
      bytes: BYTES,
      bytesPerSecond: BYTES_PER_SECOND,
      file: `${it_.lab.directory}/download`,
    });

  it("refuses new connections at once, lets the old ones finish, and ends with the last of them", async () => {
    const transfer = await download();
    await eventually("the download has begun", () => transfer.hasBegun);
    transfer.pause(); // it lasts until everything else has been tried
    await eventually("it has a session", async () => (await v6peer("sessions")).stdout.includes("tcp "));
    const draining = await start("drain", "--within", "120", "--json");
    await draining.waitFor(/"state":"draining"/);
    expect((await fetch()).code).toBe(COULD_NOT_CONNECT);
    // What Linux makes of ICMPv6 "administratively prohibited".
    expect(await tcpConnect(it_.client, it_.serverNat64, 80)).toBe("EACCES");
    expect((await it_.client.must([process.execPath, "-e", ASK_BY_UDP, it_.serverNat64])).trim()).toBe("EACCES");
    expect(transfer.running).toBe(true);
    expect((await v6peer("status")).stdout).toMatch(/Draining +everything: 1 open session left, ends in \dm/);
    transfer.resume();
    expect(await transfer.sha256()).toBe(SHA256);
    expect(await draining.ended(60_000)).toBe(0);
    expect(steps(draining.stdout).at(-1)).toMatchObject({ state: "ended", sessions: 0, cutOff: 0 });
    expect(await it_.translator.process.ended()).toBe(0);
    expect(it_.translator.process.stdout).toContain('"msg":"stopped; the host is as it was"');
  });

  it("resets remaining sessions at the time limit", async () => {
    const ticker = await Ticker.start(it_.client, it_.serverNat64);
    const { code, stdout } = await v6peer("drain", "--within", "2", "--json");
    expect(code).toBe(0);
    expect(steps(stdout).at(-1)).toMatchObject({ state: "ended", cutOff: 1 });
    await eventually("the connection was reset", () => ticker.ended !== undefined);
    expect(ticker.ended).toBe("ECONNRESET");
    expect(await it_.translator.process.ended()).toBe(0);
  });

  it("takes new connections again when that is cancelled, also over a reload", async () => {
    const ticker = await Ticker.start(it_.client, it_.serverNat64);
    const draining = await start("drain", "--within", "120", "--json");
    await draining.waitFor(/"state":"draining"/);
    it_.translator.process.signal("SIGHUP");
    await it_.translator.process.waitFor(/configuration reloaded/);
    expect((await fetch()).code).toBe(COULD_NOT_CONNECT);
    expect(await v6peer("drain", "--cancel")).toMatchObject({
      code: 0,
      stdout: "v6peerd accepts new connections again.\n",
    });
    expect((await fetch()).code).toBe(0);
    expect(await draining.ended()).toBe(1);
    expect(steps(draining.stdout).at(-1)).toMatchObject({ state: "cancelled" });
    const ticks = ticker.ticks;
    await eventually("the connection went on", () => ticker.ticks > ticks + 5);
    const again = await v6peer("drain", "--cancel");
    expect([again.code, again.stderr]).toEqual([1, "v6peer: nothing to cancel: v6peerd is not draining\n"]);
  });

  it("knows its exits by name", async () => {
    const wrong = await v6peer("drain", "7");
    expect([wrong.code, wrong.stderr]).toEqual([1, 'v6peer: there is no exit "7"; peer exits: none\n']);
    const { code, stdout } = await v6peer("drain", "local", "--within", "20");
    expect(code).toBe(0);
    expect(stdout).toContain("No other exit accepts clients, so new connections are refused now.");
    expect(stdout).toContain("The local exit has drained: all sessions ended on their own.");
    expect((await fetch()).code).toBe(COULD_NOT_CONNECT);
    expect((await v6peer("drain", "local", "--cancel")).code).toBe(0);
    expect((await fetch()).code).toBe(0);
  });

  it("still explains its addresses, and the names that they have in the DNS", async () => {
    await Ticker.start(it_.client, it_.serverNat64);
    expect((await v6peer("drain", "--detach", "--json")).code).toBe(0);
    const { code, stdout } = await v6peer("explain", it_.serverNat64);
    expect(code).toBe(0);
    expect(stdout).toContain("in-addr.arpa");
    expect(stdout).toContain("ip6.arpa");
  });
});

describe.skipIf(!isRoot)("an exit that an IPv6 peer drains", () => {
  const path = usePeerPath({ relay: "cone" }, { nats: ["port-restricted", "full-cone"] });
  beforeAll(async () => {
    await startWebServer(path.it.server);
    await startEchoServer(path.it.server);
  });
  const exits = () => exitsOf(path.it.translator.v6peers[0]);
  const command = (...args: string[]) => [...V6PEER, ...args, "--socket", path.it.translator.v6peers[0].controlSocket];
  /** The IPv4 address under which the server sees a new connection. */
  const seenAs = async (): Promise<string | undefined> => {
    const argv = ["curl", "-gsS", "--max-time", "20", urlOf(path.it.serverNat64)];
    return /^Hello (\S+)!/.exec((await path.it.client.run(argv)).stdout)?.[1];
  };

  it("lets a download finish, while new connections leave through the other one", async () => {
    const { client, serverNat64, lab, v6peers } = path.it;
    const file = `${lab.directory}/download`;
    const transfer = await Transfer.start({
      client,
      target: serverNat64,
      bytes: BYTES,
      bytesPerSecond: BYTES_PER_SECOND,
      file,
    });
    await eventually("the download has begun", () => transfer.hasBegun);
    transfer.pause(); // it lasts until everything else has been tried
    await eventually("it has a session", async () => (await exits()).some(({ sessions }) => sessions > 0));
    const before = await seenAs();
    const [{ selector, exit }] = (await exits()).filter(({ sessions }) => sessions > 0);
    const name = selector.toString(16).padStart(4, "0");
    const draining = await v6peers[0].host.start(command("drain", name, "--within", "120", "--json"));
    await draining.waitFor(/"state":"draining"/);
    expect(steps(draining.stdout)[0]).toMatchObject({ exit: String(exit), sessions: 1, othersTakeClients: true });
    const after = await seenAs();
    expect(path.it.v4peers.map(({ publicIpv4 }) => publicIpv4)).toEqual(expect.arrayContaining([before, after]));
    expect(after).not.toBe(before);
    expect(transfer.running).toBe(true);
    expect((await v6peers[0].host.run(command("exits"))).stdout).toMatch(/up, draining/);
    transfer.resume();
    expect(await transfer.sha256()).toBe(SHA256);
    expect(await draining.ended(60_000)).toBe(0);
    expect(steps(draining.stdout).at(-1)).toMatchObject({ state: "ended" });
    await eventually("the exit is gone", async () => !(await exits()).some((each) => each.selector === selector));
  });

  it("takes new clients again when that is cancelled", async () => {
    const { host } = path.it.translator.v6peers[0];
    const ticker = await Ticker.start(path.it.client, path.it.serverNat64);
    const [{ peer }] = (await exits()).filter(({ state }) => state === "up");
    expect((await host.run(command("drain", peer.slice(0, 8), "--detach"))).code).toBe(0);
    const before = (await exits()).find((each) => each.peer === peer);
    expect(before).toMatchObject({ isDraining: true });
    expect((await host.run(command("drain", peer.slice(0, 8), "--cancel"))).code).toBe(0);
    await expect
      .poll(async () => (await exits()).find((each) => each.peer === peer))
      .toMatchObject({ isDraining: false, state: "up" });
    const ticks = ticker.ticks;
    await eventually("the connection goes on", () => ticker.ticks > ticks + 5);
    expect(await seenAs()).toBeDefined();
  });
});

describe.skipIf(!isRoot)("one of two IPv6 peers that drains", () => {
  const path = usePeerPath(
    { relay: "cone", v6peers: { coordinator: "listed = true" } },
    { v6peers: 2, nats: ["port-restricted"] },
  );
  beforeAll(() => startEchoServer(path.it.server));
  /** A connection through the first one. */
  const startTicker = () => Ticker.start(path.it.client, path.it.serverNat64);
  /** The prefixes in the coordinator's public list. */
  const listed = async (): Promise<readonly string[]> => {
    const argv = ["curl", "-sS", "--fail", "http://127.0.0.1:8064/prefixes"];
    const { prefixes } = JSON.parse(await path.it.coordinator.must(argv)) as { prefixes: { prefix: string }[] };
    return prefixes.map(({ prefix }) => prefix);
  };

  it("leaves the public list, and is in it again when that is cancelled", async () => {
    const [first, second] = path.it.v6peers.map(({ prefix80 }) => prefix80);
    const [{ host, controlSocket, configFile }] = path.it.translator.v6peers;
    const ticker = await startTicker();
    await eventually("both are listed", async () => (await listed()).length === 2);
    const drain = (...args: string[]) => host.must([...V6PEER, "drain", ...args, "--socket", controlSocket]);
    await drain("--detach");
    await eventually("the one that drains is not", async () => !(await listed()).includes(first));
    expect(await listed()).toEqual([second]);
    const own = await host.must([...V6PEER, "prefixes", "--no-probe", "--config", configFile]);
    expect(own).toContain(`Your ${first} is draining and is not listed meanwhile`);
    await drain("--cancel");
    await eventually("it is again", async () => (await listed()).includes(first));
    const ticks = ticker.ticks;
    await eventually("the connection went on", () => ticker.ticks > ticks + 5);
  });

  it("sends clients that know both on to the other one, without a wait", async () => {
    const { client, v6peers, translator, serverIpv4, server } = path.it;
    await startWebServer(server);
    const ticker = await startTicker();
    const [first] = translator.v6peers;
    const { code } = await first.host.run([...V6PEER, "drain", "--detach", "--socket", first.controlSocket]);
    expect(code).toBe(0);
    const both = v6peers.map(({ nat64 }) => `[${nat64}${serverIpv4}]`).join(",");
    const argv = [
      "curl",
      "-sS",
      "--max-time",
      "20",
      "--resolve",
      `server.example:80:${both}`,
      "http://server.example/",
    ];
    const fetched = await client.run(argv);
    expect(fetched.code).not.toBe(TIME_IS_OVER);
    expect(fetched).toMatchObject({ code: 0, stdout: expect.stringContaining("Hello ") });
    const ticks = ticker.ticks;
    await eventually("the old connection goes on", () => ticker.ticks > ticks + 5);
  });
});

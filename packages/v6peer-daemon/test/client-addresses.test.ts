/** Clients' addresses are in no log, no metric and no file, whatever clients do and whatever becomes of their packets. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonClient, type SessionRecord } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN, type TestNamespace } from "./support/namespace.ts";
import { Neighbours } from "./support/neighbours.ts";
import { PeerWorld } from "./support/peer-world.ts";
import { findTraces, tracesOf } from "./support/traces.ts";

/** Two clients in networks of their own. Every group is distinct, so that a trace of them can be nothing else. */
const CLIENTS = ["2001:db8:c1e5:5a6b:1234:5678:9abc:def1", "2001:db8:c1f7:4a3c:8765:4321:fedc:ba98"] as const;

/** Pages, and an echo that comes late, so that nobody is there any more: the client answers with an ICMP error. */
const SERVER = `require("node:http").createServer((request, response) => response.end("hello"))
  .listen(80, "203.0.113.2");
const echo = require("node:dgram").createSocket("udp4");
echo.on("message", (message, { port, address }) => setTimeout(() => echo.send(message, port, address), 300));
echo.bind(7, "203.0.113.2", () => console.log("listening"));`;

/** Sends a datagram from an address to many ports: argv is the source, the destination, the first port, how many. */
const SEND = `const socket = require("node:dgram").createSocket("udp6");
const [source, destination, first, count] = process.argv.slice(1);
socket.bind(0, source, async () => {
  for (let i = 0; i < Number(count); i++) {
    await new Promise((resolve) => socket.send("x".repeat(i === 0 ? 3000 : 30), Number(first) + i, destination, resolve));
  }
  socket.close();
});`;

const IPV4_SEND = SEND.replace("udp6", "udp4").replace("0, source", "0");

/** All that clients do; what does not come through is part of it. */
function behave(client: TestNamespace, address: string, server: string, own: string): void {
  const node = `'${process.execPath}' -e '${SEND}' ${address}`;
  client.run(`
    quietly() { "$@" > /dev/null 2>&1 || true; }
    to() { quietly curl -s -m 1 -g --interface ${address} "$@"; }
    to 'http://[${server}]/'
    to 'http://[${server}]:81/'
    quietly ping -6 -c 1 -W 1 -I ${address} ${server}
    quietly ping -6 -c 1 -W 1 -s 3000 -I ${address} ${server}
    quietly ping -6 -c 1 -W 1 -s 2000 -M do -I ${address} ${server}
    quietly ping -6 -c 1 -W 1 -I ${address} ${own}:ffff:0:1
    quietly traceroute -6 -n -q 1 -w 0.3 -m 3 -s ${address} ${server}
    # Refused: not global, reserved, unused, no such exit, another protocol, the prefix itself as a source.
    for to in 127.0.0.1 224.0.0.1 0.0.0.0 255.255.255.255; do quietly ping -6 -c 1 -W 0.1 -I ${address} 2001:db8:64::$to; done
    for selector in 5 ff00 ffff; do quietly ping -6 -c 1 -W 0.1 -I ${address} ${own}:$selector:cb00:7102; done
    quietly traceroute -6 -n -q 1 -w 0.1 -m 1 -P 132 -s ${address} ${server}
    quietly ${node} ${server} 7 40
  `);
}

/** Everything that the daemon has written down, the names of files included. */
function everythingIn(directory: string): string {
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}\n${readFileSync(path, "latin1")}`)
    .join("\n");
}

/** What the daemon shows and is not a log: asked for on purpose, so that asking is part of what is tested. */
async function ask(socket: string): Promise<readonly SessionRecord[]> {
  const client = await DaemonClient.connect(socket);
  const rows: SessionRecord[] = [];
  try {
    await client.sessions({ client: `${CLIENTS[0]}/128` }, (slice) => rows.push(...slice));
    await client.sessions({ client: `${CLIENTS[0]}/129` }, () => {}).catch(() => {});
    await client.ask("status");
  } finally {
    client.close();
  }
  return rows;
}

async function dropsOf(socket: string): Promise<Readonly<Record<string, number>>> {
  const client = await DaemonClient.connect(socket);
  const counters = await client.ask("counters").finally(() => client.close());
  return counters.engine.drops;
}

/** Logs, status, metrics, the status page and files. */
async function collect(daemon: RunningDaemon, home: DaemonHome, peer: TestNamespace): Promise<string> {
  const client = await DaemonClient.connect(home.socket);
  const status = await client.ask("status").finally(() => client.close());
  const port = (await daemon.message("ready")).metricsPort;
  const metrics = peer.run(`curl -sf http://127.0.0.1:${port}/metrics`);
  const page = peer.run("curl -sf http://127.0.0.1:9465/ http://127.0.0.1:9465/data.json");
  return [JSON.stringify(status, null, 1), metrics, page, everythingIn(home.directory)].join("\n");
}

function addClients(client: TestNamespace, peer: TestNamespace): void {
  for (const address of CLIENTS) {
    client.run(`ip -6 address add ${address}/128 dev eth0 nodad`);
    peer.run(`ip -6 route add ${address}/128 via 2001:db8:c::2`);
  }
}

const LOGS = '[log]\nlevel = "trace"\n[caps.64]\nsessions = 30\nnew-sessions-per-second = 20\n';

describe("the search for addresses", () => {
  it("finds each form that it looks for", () => {
    const traces = tracesOf(CLIENTS[0]);
    for (const { form, text } of traces)
      expect([form, findTraces(`… ${text.toUpperCase()} …`, CLIENTS)]).not.toEqual([form, []]);
    expect(findTraces("2001:db8:64::/80 and 2001:db8:c::2, 536939960", CLIENTS)).toEqual([]);
    expect(new Set(traces.map(({ text }) => text)).size).toBeGreaterThan(15);
  });
});

describe.skipIf(CANNOT_RUN)(`client addresses${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let remove: () => Promise<void>;
  let server: ChildProcess | undefined;

  beforeEach(() => {
    server = undefined;
  });

  afterEach(async () => {
    server?.kill("SIGKILL");
    if (server !== undefined) await once(server, "close");
    await remove();
  });

  it("are nowhere but in the sessions, with a local exit, at log level trace", async () => {
    const lab = new Neighbours();
    const home = new DaemonHome();
    const directory = join(home.directory, "audit");
    const budget = `[bandwidth]\nup = "10M"\ndown = "1M"\nmonthly = "1G"\nstate = "${home.directory}"\n`;
    home.write("", `${LOGS}${budget}[audit-log]\nenabled = true\ndirectory = "${directory}"\n`);
    lab.server.run("ip route add 192.0.2.64/28 via 203.0.113.1");
    server = spawn("ip", ["netns", "exec", lab.server.name, process.execPath, "-e", SERVER]);
    if (server.stdout !== null) await once(server.stdout, "data");
    addClients(lab.client, lab.peer);
    const daemon = new RunningDaemon(lab.peer, home);
    remove = async () => {
      await daemon.stop("SIGKILL");
      lab.remove();
      home.remove();
    };
    await daemon.message("ready");
    for (const address of CLIENTS) behave(lab.client, address, "2001:db8:64::203.0.113.2", "2001:db8:64:0:0");
    const rows = await ask(home.socket);
    // The search would find them: they have been here.
    expect(findTraces(JSON.stringify(rows), CLIENTS)).not.toEqual([]);
    // Between clients, from outside to what nobody has, and to what somebody had.
    const [{ pool }] = rows;
    const send = (script: string, ...args: (string | number)[]) =>
      `'${process.execPath}' -e '${script}' ${args.join(" ")}`;
    lab.client.run(send(SEND, CLIENTS[1], `2001:db8:64::${pool.address}`, pool.port, 1));
    lab.server.run(send(IPV4_SEND, "0.0.0.0", pool.address, pool.port, 3));
    lab.server.run("curl -s -m 0.3 http://192.0.2.70/ || true; ping -c 1 -W 0.2 192.0.2.71 || true");
    daemon.process.kill("SIGHUP");
    await daemon.message("configuration reloaded");
    const seen = await collect(daemon, home, lab.peer);
    const drops = Object.keys(await dropsOf(home.socket));
    for (const reason of ["refused-destination", "hop-limit-exceeded"]) expect(drops).toContain(reason);
    expect(drops.join(" ")).toMatch(/cap-/);
    expect(await daemon.stop()).toBe(0);
    expect(everythingIn(directory)).toContain('"event":"block"');
    const written = [JSON.stringify(daemon.log), daemon.stderr, seen, everythingIn(home.directory)].join("\n");
    expect(findTraces(written, CLIENTS)).toEqual([]);
  });

  it("are nowhere with peer exits and the built-in relay, at log level trace", async () => {
    const world = new PeerWorld();
    remove = () => world.remove();
    world.giveIPv4();
    await world.startCoordinator();
    await world.startIPv4Peer();
    addClients(world.client, world.peer);
    const audit = `[audit-log]\nenabled = true\n`;
    await world.startDaemon('relay = "builtin"\nrelay-address = "198.51.100.2"', `${LOGS}${audit}`);
    await world.path("up");
    for (const address of CLIENTS) behave(world.client, address, "2001:db8:64::203.0.113.77", "2001:db8:64:0:0");
    expect(findTraces(JSON.stringify(await ask(world.files.socket)), CLIENTS)).not.toEqual([]);
    const seen = await collect(world.daemon, world.files, world.peer);
    expect(await world.daemon.stop()).toBe(0);
    expect(everythingIn(join(world.files.directory, "state", "audit"))).toContain('"event":"pair"');
    const written = [JSON.stringify(world.daemon.log), world.daemon.stderr, seen, everythingIn(world.files.directory)];
    expect(findTraces(written.join("\n"), CLIENTS)).toEqual([]);
  });
});

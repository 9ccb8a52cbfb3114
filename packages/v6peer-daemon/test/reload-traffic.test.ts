/** What real traffic notices of a reload. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN, TestNamespace } from "./support/namespace.ts";
import { Neighbours } from "./support/neighbours.ts";

const MEGABYTES = 64;

/** Sends the start of a page at once and the rest when told to; says by UDP which port it was asked from. */
const SERVER = `
const { createServer } = require("node:http");
let goOn = () => {};
const told = new Promise((resolve) => { goOn = resolve; });
process.stdin.on("data", () => goOn());
createServer(async (request, response) => {
  response.write("start");
  await told;
  response.end(Buffer.alloc(${MEGABYTES} << 20));
}).listen(80, "203.0.113.2", () => {
  const echo = require("node:dgram").createSocket("udp4");
  echo.on("message", (_, from) => echo.send(String(from.port), from.port, from.address));
  echo.bind(5353, "203.0.113.2", () => console.log("listening"));
});`;

/** One UDP socket of the client: asks once for each line that it is given, and prints the answer. */
const FLOW = `
const socket = require("node:dgram").createSocket("udp6");
socket.on("message", (answer) => console.log(String(answer)));
process.stdin.on("data", () => socket.send("?", 5353, "2001:db8:64::203.0.113.2"));`;

/** Fetches the page, says "start" when it has begun and its length at the end. */
const FETCH = `
require("node:http").get("http://[2001:db8:64::203.0.113.2]/", (response) => {
  let length = 0;
  response.on("data", (chunk) => { if (length === 0) console.log("start"); length += chunk.length; });
  response.on("end", () => console.log(length));
}).on("error", (error) => console.log(error.message));`;

describe.skipIf(CANNOT_RUN)(`a reload under traffic${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let lab: Neighbours;
  let home: DaemonHome;
  let daemon: RunningDaemon;
  let control: DaemonClient;
  let server: ChildProcessWithoutNullStreams;
  let processes: ChildProcessWithoutNullStreams[];

  beforeEach(async () => {
    lab = new Neighbours();
    home = new DaemonHome();
    processes = [];
    lab.server.run("ip route add 192.0.2.64/28 via 203.0.113.1");
    server = run(lab.server, SERVER);
    await line(server);
    home.write();
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    control = await DaemonClient.connect(home.socket);
  });

  afterEach(async () => {
    control.close();
    await daemon.stop("SIGKILL");
    for (const each of processes) {
      each.kill("SIGKILL");
      if (each.exitCode === null && each.signalCode === null) await once(each, "close");
    }
    lab.remove();
    home.remove();
  });

  it("a page and a UDP flow go on over SIGHUP, while a cap that is new refuses what is too much", async () => {
    const flow = run(lab.client, FLOW);
    const ask = async () => {
      flow.stdin.write("?");
      return line(flow);
    };
    const fetch = run(lab.client, FETCH);
    expect(await line(fetch)).toBe("start");
    const port = await ask();

    home.write("", "[caps.64]\nnew-sessions-per-second = 1\n[timers]\nudp = 400\n");
    daemon.process.kill("SIGHUP");
    expect(await daemon.message("configuration reloaded")).toMatchObject({
      applied: ["caps.64.new-sessions-per-second", "timers.udp"],
    });
    expect(await ask()).toBe(port);
    const fetchOne = "curl -s -m 1 -o /dev/null -g 'http://[2001:db8:64::203.0.113.2]/'";
    lab.client.run(`for i in 1 2 3 4; do ${fetchOne} & done; wait`);
    const { engine } = await control.ask("counters");
    expect(engine.sessionsCreated).toBeLessThan(2 + 4);
    expect(engine.drops["cap-new-sessions"]).toBeGreaterThan(0);
    const lifetimes: number[] = [];
    await control.sessions({ protocol: "udp" }, (rows) => lifetimes.push(...rows.map((row) => row.expiresInSeconds)));
    expect(lifetimes).toEqual([expect.any(Number)]);
    expect(lifetimes[0]).toBeGreaterThan(300);

    server.stdin.write("go on");
    expect(await line(fetch)).toBe(String(5 + (MEGABYTES << 20)));
    expect(daemon.log.filter((each) => each.msg === "sessions that could not continue were ended")).toEqual([]);
  });

  it("a bulk transfer survives reload after reload", async () => {
    const fetch = run(lab.client, FETCH);
    expect(await line(fetch)).toBe("start");
    let length: string | undefined;
    const ended = line(fetch).then((text) => {
      length = text;
    });
    server.stdin.write("go on");
    let reloads = 0;
    while (length === undefined && reloads < 40) {
      home.write("", `[timers]\nudp = ${400 + reloads}\n`);
      expect(await control.ask("reload")).toMatchObject({ accepted: true, applied: ["timers.udp"] });
      reloads++;
    }
    await ended;
    expect(length).toBe(String(5 + (MEGABYTES << 20)));
  });

  it("a wrong value is refused with the reason, and the flow goes on with the old ones", async () => {
    const flow = run(lab.client, FLOW);
    const ask = async () => {
      flow.stdin.write("?");
      return line(flow);
    };
    const port = await ask();
    home.write("", "[timers]\nudp = 400\nicmp = 1\n");
    daemon.process.kill("SIGHUP");
    const refused = await daemon.message("new configuration refused, the old one stays");
    expect(refused.problems).toEqual([
      expect.stringMatching(/timers\.icmp: expected a whole number of seconds from 60 .* found 1$/),
    ]);
    expect(await ask()).toBe(port);
    expect((await control.ask("config")).timers).toMatchObject({ udp: 300, icmp: 60 });
  });

  it("a host is published, and no longer, without a restart", async () => {
    const published = run(
      lab.client,
      `require("node:net").createServer((socket) => socket.end("published\\n"))
        .listen(8080, "2001:db8:c::2", () => console.log("listening"))`,
    );
    await line(published);
    const look = () => lab.server.run("curl -s --http0.9 -m 1 http://192.0.2.65/ || echo nothing there").trim();
    const binding = 'protocol = "tcp"\nipv6 = "2001:db8:c::2"\nipv6-port = 8080\nipv4 = "192.0.2.65"\nipv4-port = 80';
    expect(look()).toBe("nothing there");
    home.write("", `[[local-exit.static-bindings]]\n${binding}\n`);
    expect((await control.ask("reload")).applied).toEqual(["local-exit.static-bindings"]);
    expect(look()).toBe("published");
    home.write();
    expect((await control.ask("reload")).applied).toEqual(["local-exit.static-bindings"]);
    expect(look()).toBe("nothing there");
    expect(daemon.log).toContainEqual(expect.objectContaining({ msg: "sessions that could not continue were ended" }));
  });

  function run(namespace: TestNamespace, script: string): ChildProcessWithoutNullStreams {
    const child = spawn("ip", ["netns", "exec", namespace.name, process.execPath, "-e", script]);
    processes.push(child);
    return child;
  }
});

/** What a data path makes of a configuration that cannot go on with the sessions. */
const RECONFIGURE = `
(async () => {
const { DataPath } = await import("./dist/data-path/main-thread/data-path.js");
const { openTun } = await import("@nat64/tun");
const config = {
  mode: "stateful", prefixes: ["64:ff9b::/96"], pool: [{ address: "192.0.2.1" }],
  ownAddresses: { ipv6: "2001:db8::1", ipv4: "192.0.0.8" }, tables: { sessions: 1024 },
};
const tun = openTun({ name: "reconf0" });
const dataPath = await DataPath.start(tun, config);
const answers = [
  await dataPath.reconfigure({ ...config, tables: { sessions: 512 } }),
  await dataPath.reconfigure({ ...config, timers: { udp: 1 } }),
  await dataPath.reconfigure({ ...config, timers: { udp: 400 } }),
];
const { engine } = await dataPath.counters();
await dataPath.stop();
tun.close();
console.log(JSON.stringify([...answers, engine.sessions]));
})();`;

it.skipIf(CANNOT_RUN)("the data path answers with the engine's complaint and goes on with the old engine", () => {
  const namespace = new TestNamespace();
  try {
    const file = new URL("..", import.meta.url).pathname;
    const printed = namespace.run(`cd '${file}'; ${process.execPath} -e '${RECONFIGURE}'`);
    expect(JSON.parse(printed)).toEqual([
      { accepted: false, problem: expect.stringMatching(/^tables\.sessions: cannot change/) },
      { accepted: false, problem: expect.stringMatching(/^timers\.udp: expected an integer from 120/) },
      { accepted: true, sessionsLost: 0 },
      0,
    ]);
  } finally {
    namespace.remove();
  }
});

/** The next line that a process prints. None is lost between two calls. */
async function line(child: ChildProcessWithoutNullStreams): Promise<string> {
  const lines = printed.get(child) ?? createInterface(child.stdout)[Symbol.asyncIterator]();
  printed.set(child, lines);
  return String((await lines.next()).value);
}
const printed = new WeakMap<ChildProcessWithoutNullStreams, AsyncIterator<string>>();

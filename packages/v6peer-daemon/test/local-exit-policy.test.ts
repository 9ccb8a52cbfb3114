/** The policy of the local exit with real packets: what is refused is refused at once, with an ICMPv6 error, and counted. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN } from "./support/namespace.ts";
import { Neighbours } from "./support/neighbours.ts";
import { RunningScript } from "./support/running-script.ts";

const MASQUERADE = 'mode = "masquerade"\n';
const ECHO = `const { createSocket } = require("node:dgram");
let bound = 0;
for (const at of ["203.0.113.2", "203.0.113.77"]) for (const port of [1900, 5353]) {
  const socket = createSocket("udp4").on("message", (message, { port, address }) => socket.send(message, port, address));
  socket.bind(port, at, () => ++bound === 4 && console.log("listening"));
}`;
/** Says what comes back: the answer, or the error that the kernel got. */
const ASK = (address: string, port: number) => `const socket = require("node:dgram").createSocket("udp6");
const done = (text) => { console.log(text); process.exit(); };
socket.on("message", () => done("answer"));
socket.on("error", ({ code }) => done(code));
socket.connect(${port}, "2001:db8:64::${address}", () => setInterval(() => socket.send("?"), 100));
setTimeout(() => done("nothing"), 20000);`;

describe.skipIf(CANNOT_RUN)(`the policy of the local exit${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let lab: Neighbours;
  let home: DaemonHome;
  let server: RunningScript;
  let daemon: RunningDaemon;

  beforeEach(async () => {
    lab = new Neighbours();
    lab.server.run("ip address add 203.0.113.77/32 dev eth0");
    home = new DaemonHome();
    server = await RunningScript.start(lab.server, ECHO);
  });

  afterEach(async () => {
    await daemon.stop();
    await server.stop();
    lab.remove();
    home.remove();
  });

  const ask = (address: string, port: number): string =>
    lab.client.run(`${process.execPath} -e '${ASK(address, port)}'`).trim();

  async function refused(): Promise<number> {
    const control = await DaemonClient.connect(home.socket);
    const { engine } = await control.ask("counters");
    control.close();
    return engine.drops["refused-by-policy"] ?? 0;
  }

  it("refuses ports, metadata addresses and this host by default, and tells the client", async () => {
    home.write("", "", MASQUERADE);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(ask("203.0.113.2", 5353)).toBe("answer");
    expect(await refused()).toBe(0);
    for (const [address, port] of [
      ["203.0.113.2", 1900],
      ["203.0.113.1", 5353],
      ["168.63.129.16", 80],
      ["100.100.100.200", 80],
      ["169.254.169.254", 80],
    ] as const) {
      // ICMPv6 "administratively prohibited", as Linux gives it to a connected socket.
      expect(ask(address, port), address).toBe("EACCES");
    }
    // All but the last, which is not a global address in the first place.
    expect(await refused()).toBeGreaterThanOrEqual(4);
  });

  it("is what the file says after a reload, for flows that are open as well", async () => {
    home.write("", "", `${MASQUERADE}[local-exit.policy]\nrefused-udp = []\n`);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(ask("203.0.113.2", 1900)).toBe("answer");
    home.write("", "", `${MASQUERADE}[local-exit.policy]\nrefused-networks = ["203.0.113.0/30"]\n`);
    daemon.process.kill("SIGHUP");
    await daemon.message("configuration reloaded");
    expect(ask("203.0.113.2", 5353)).toBe("EACCES");
  });

  it("follows the addresses of this host", async () => {
    home.write("", "", MASQUERADE);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(ask("203.0.113.77", 5353)).toBe("answer");
    lab.peer.run("ip address add 203.0.113.77/32 dev s0");
    await daemon.message("this host's addresses have changed: clients reach none of these");
    await expect.poll(() => ask("203.0.113.77", 5353)).toBe("EACCES");
  });
});

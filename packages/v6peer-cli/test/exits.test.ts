/** What `exits` prints, against a daemon that is a socket with canned answers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CLI } from "./support/run.ts";

const NO_FLOWS = { opened: 0, answered: 0, clients: 0, silent: 0 };
const DATA = { lost: [] as string[], tcp: { opened: 60, answered: 57, clients: 9, silent: 0 }, udp: NO_FLOWS };
const EXIT = {
  exit: 1,
  selector: 0x2a,
  peer: "nrfrhkbnnrvand7pu4ab336lv7sqruj5",
  pair: "EBESExQVFhcYGRobHB0eHw",
  state: "up",
  cause: "reply",
  sinceMs: 65_000,
  isDraining: false,
  isAway: false,
  isOrphan: false,
  data: DATA,
  teredo: "2001:0:c000:201:2866:63bf:39cc:9bf8",
  rtt: 41.5,
  loss: 0.25,
  internet: true,
  pinnedInternet: false,
  services: ["192.168.1.10/32 tcp 443"],
  firstPort: 20480,
  ports: 4096,
  weight: 1,
  bandwidth: 20_000_000,
  peerBandwidth: 50_000_000,
  sent: 10,
  received: 9,
  sessions: 1234,
};
const DOWN = {
  ...EXIT,
  exit: 2,
  selector: 7,
  state: "down",
  isDraining: true,
  isAway: true,
  data: { ...DATA, tcp: NO_FLOWS },
  rtt: undefined,
  bandwidth: undefined,
  peerBandwidth: 2_500_000,
  services: [],
  internet: false,
};
const LOSSY = { ...DATA, lost: ["udp"], udp: { opened: 60, answered: 0, clients: 9, silent: 9 } };
const ORPHAN = {
  ...EXIT,
  exit: 3,
  selector: 8,
  isOrphan: true,
  data: LOSSY,
  bandwidth: undefined,
  peerBandwidth: undefined,
};

let directory: string;
let server: Server;
let status: object;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "v6pc-"));
  server = createServer((socket) => {
    socket.on("data", (line) => {
      const { id } = JSON.parse(String(line)) as { id: number };
      socket.write(`${JSON.stringify({ v: 1, id, result: status })}\n`);
    });
  });
  server.listen(join(directory, "s"));
  await once(server, "listening");
});

afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

async function exits(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [CLI, "exits", "--socket", join(directory, "s"), ...args]);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += String(chunk);
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return text;
}

it("lists each exit on a line, its path first", async () => {
  status = { exit: { mode: "none" }, peer: { registration: "registered", exits: [EXIT, DOWN, ORPHAN] } };
  expect(await exits()).toBe(`\
EXIT  STATE                     FOR    RTT      LOSS  ANSWERED  SESSIONS  LIMIT       SELECTOR  PEER                 TAKES
1     up                        1m 5s  41.5 ms  25 %  95 %      1,234     20 Mbit/s   002a      nrfr-hkbn-nrva-nd7p  internet; 192.168.1.10/32 tcp 443
2     down, draining, away      1m 5s  -        25 %  -         1,234     2.5 Mbit/s  0007      nrfr-hkbn-nrva-nd7p  nothing
3     up, data suspect, orphan  1m 5s  41.5 ms  25 %  48 %      1,234     -           0008      nrfr-hkbn-nrva-nd7p  internet; 192.168.1.10/32 tcp 443
`);
});

it("gives programs all that is known", async () => {
  status = { exit: { mode: "none" }, peer: { registration: "registered", exits: [EXIT] } };
  expect(JSON.parse(await exits("--json"))).toEqual({ exits: [EXIT] });
});

it("says why there are none", async () => {
  status = { exit: { mode: "pool" }, peer: { registration: "pausing", exits: [] } };
  expect(await exits()).toBe(
    "No peer exits yet; the prefix could not be registered; v6peerd will retry (see its log for the reason).\n",
  );
  status = { exit: { mode: "pool" } };
  expect(await exits()).toBe("No peer exits are configured: the file has no [peer-exits].\n");
});

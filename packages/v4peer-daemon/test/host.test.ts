/** `v4peer run` and what it does to its host: set-up, undoing, services, refusals to start. */
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Status } from "../src/index.ts";
import { CANNOT_RUN, type Line, PeerLab, PROGRAM } from "./support/lab.ts";

const UDP = 17;

const ROOT = `(${CANNOT_RUN ?? "root"})`;
const SERVER = "203.0.113.80";
/** Id of the IPv6 peer of the world. */
const V6_PEER = "tyup7ve5hhdujw2phr36ww6ib4qcophz";

let lab: PeerLab;

async function makeLab(): Promise<void> {
  lab = new PeerLab();
  await lab.world.line(({ event }) => event === "listening", "coordinator");
}

const removeLab = (): Promise<void> => lab.remove();

const refusals = ({ engine }: Status): number => engine.drops["refused-by-policy"] ?? 0;

describe.skipIf(CANNOT_RUN !== undefined)(`v4peer on a host ${ROOT}`, () => {
  beforeEach(makeLab);
  afterEach(removeLab);

  test("a published service is reached, another port of this host is not, and nothing else either", async () => {
    const serve = `for (const port of [5000, 5001]) {
      const socket = require("dgram").createSocket("udp4").bind(port, "192.168.1.10");
      socket.on("message", (_, { port, address }) => socket.send("served", port, address));
    }`;
    lab.start("peer", [process.execPath, "-e", serve]);
    const peer = await lab.runWithPair("--publish", "5000/udp", "--want", V6_PEER);
    const { policy } = await lab.said("accept");
    const service = { network: "192.168.1.10/32", protocol: "udp", firstPort: 5000, lastPort: 5000 };
    expect(policy).toEqual({ internet: false, services: [service] });
    expect(await peer.log("published")).toMatchObject({ address: "[2001:db8:64::2a:192.168.1.10]:5000/udp" });
    const answer = await lab.packet(lab.send({ to: "192.168.1.10", protocol: UDP, dport: 5000 }));
    expect(answer).toMatchObject({ from: "192.168.1.10", data: "served" });
    lab.send({ to: "192.168.1.10", protocol: UDP, dport: 5001 });
    lab.send({ to: SERVER, protocol: UDP });
    await lab.until((status) => refusals(status) === 2);
  });

  test("a service is reached under its alias, which answers", async () => {
    const serve = `const socket = require("dgram").createSocket("udp4").bind(5000);
      socket.on("message", (_, { port, address }) => socket.send("served", port, address));`;
    lab.start("peer", [process.execPath, "-e", serve]);
    const file = `${lab.directory}/v4peer.toml`;
    writeFileSync(file, '[[exit.publish]]\nports = 5000\nprotocol = "udp"\nalias = "192.0.0.11"\n');
    await lab.runWithPair("--config", file, "--want", V6_PEER);
    const answer = await lab.packet(lab.send({ to: "192.0.0.11", protocol: UDP, dport: 5000 }));
    expect(answer).toMatchObject({ from: "192.0.0.11", data: "served" });
    lab.send({ to: "192.168.1.10", protocol: UDP, dport: 5000 });
    await lab.until((status) => refusals(status) === 1);
  });

  test("without a policy it tells what it could do, needs no administrator, and changes nothing", async () => {
    const before = lab.state();
    chmodSync(lab.directory, 0o777);
    const nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    const peer = lab.start("peer", [...nobody, process.execPath, PROGRAM, "run", ...lab.arguments()]);
    await peer.log("registered");
    expect(await lab.said("register-v4")).toMatchObject({ internet: false, publishes: false });
    expect(peer.errors.join("")).toContain("Nothing is forwarded");
    expect(lab.state()).toBe(before);
    lab.world.tell({ command: "offer" });
    expect(await lab.said("decline")).toMatchObject({ reason: "not-wanted" });
    expect(await peer.stop()).toBe(0);
  });

  test("SIGTERM says goodbye and undoes everything; the next run has the same identity", async () => {
    const before = lab.state();
    const peer = await lab.runWithPair("--internet");
    expect(lab.state()).not.toBe(before);
    expect(await peer.stop()).toBe(0);
    expect(await lab.said("goodbye")).toEqual({ type: "goodbye", reason: "shutdown" });
    expect(lab.state()).toBe(before);
    expect(readdirSync(lab.directory).filter((name) => name.startsWith("control"))).toEqual([]);
    expect(statSync(`${lab.directory}/identity.pem`).mode & 0o777).toBe(0o600);
    const { identity } = await lab.said("hello");
    const from = lab.world.lines.length;
    lab.run();
    expect((await lab.said("hello", from)).identity).toBe(identity);
  });

  test("a drain tells the coordinator, lets the path live until the end, and then everything is undone", async () => {
    const before = lab.state();
    const peer = await lab.runWithPair("--internet");
    const drain = lab.ask("drain", "--within", "8", "--json");
    expect(await lab.said("drain")).toMatchObject({ within: 8 });
    expect(await drain.line(({ packets }) => packets !== undefined, "progress")).toMatchObject({
      state: "draining",
      pairs: 1,
    });
    const { peer: machine, endsIn } = await lab.status();
    expect(machine).toMatchObject({ draining: true, pairs: [{ state: "up" }] });
    expect(endsIn).toBeLessThanOrEqual(8);
    expect(await peer.exit).toBe(0);
    expect(await drain.exit).toBe(0);
    expect(drain.lines.at(-1)).toEqual({ state: "ended" });
    expect(await lab.said("unpair")).toMatchObject({ reason: "drained" });
    expect(await lab.said("goodbye")).toEqual({ type: "goodbye", reason: "shutdown" });
    expect(lab.state()).toBe(before);
  });

  test("networks that this host joins later are refused from then on", async () => {
    const peer = await lab.runWithPair("--internet");
    const before = refusals(await lab.status());
    lab.inPeer(
      "ip link add lan0 type veth peer name lan1; ip link set lan1 up; ip link set lan0 up; ip address add 198.51.100.129/25 dev lan0",
    );
    await peer.log("this host's networks have changed: clients reach none of these");
    lab.send({ to: "198.51.100.200", protocol: UDP });
    await lab.until((status) => refusals(status) === before + 1);
    await lab.packet(lab.send({ to: SERVER, protocol: UDP }));
  });

  test("a pair is ended by the beginning of its peer's id; who is not there is said to be so", async () => {
    await lab.runWithPair("--internet");
    const wrong = lab.ask("unpair", "nobody");
    expect(await wrong.exit).toBe(1);
    expect(wrong.errors.join("")).toBe(`v4peer: there is no pair with "nobody"; pairs: ${V6_PEER}\n`);
    const right = lab.ask("unpair", V6_PEER.slice(0, 8), "--json");
    expect(await right.exit).toBe(0);
    expect(right.lines).toEqual([{ peer: V6_PEER, prefix: "2001:db8:64::/80", within: 0 }]);
    expect(await lab.said("unpair")).toMatchObject({ reason: "operator" });
    await lab.until(({ peer }) => peer.pairs.length === 0);
  });

  test("what a killed run has left is undone by the next one", async () => {
    const before = lab.state();
    const killed = await lab.runWithPair("--internet");
    await killed.stop("SIGKILL");
    expect(lab.state()).not.toBe(before);
    const next = lab.run("--internet");
    await next.log("undid the changes of a crashed run");
    await next.log("ready");
    expect(await next.stop()).toBe(0);
    expect(lab.state()).toBe(before);
  });

  test("a host that refuses something is left as it was, and told what", async () => {
    lab.inPeer("nft add table inet v4peer_v4peer");
    const before = lab.state();
    const peer = lab.run("--internet");
    expect(await peer.exit).toBe(71);
    expect(JSON.stringify(peer.lines)).toContain("nft delete table inet v4peer_v4peer");
    expect(lab.state()).toBe(before);
  });

  test("another key than the pinned one is refused, said in status, and by check", async () => {
    const wrong = ["--pin", `sha256//${"A".repeat(43)}=`];
    const peer = lab.run(...wrong);
    await peer.log("no coordinator");
    expect((await lab.status()).coordinator).toMatchObject({
      connected: false,
      lost: expect.stringContaining("does not match the pin"),
    });
    const check = (...more: string[]) => lab.inPeerProgram("check", ...lab.arguments("--internet", "--json", ...more));
    const bad = (findings: Line[]) => findings.filter(({ ok }) => ok === false).map(({ what }) => what);
    expect(bad(check(...wrong))).toEqual(["coordinator"]);
    expect(bad(check())).toEqual([]);
  });
});

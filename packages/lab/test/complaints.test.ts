import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitsOf, type Host, startWebServer, urlOf, V4PEER, V6PEER } from "../src/index.ts";
import { endpoint, usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const PORT = 7000;

/** Sends a datagram to an address and prints what comes back: who the server took it from. */
const ASK = `const socket = require("node:dgram").createSocket("udp6");
socket.on("message", (message) => { console.log(String(message)); socket.close(); });
const send = () => socket.send("who am I?", Number(process.argv[2]), process.argv[1]);
setInterval(send, 300).unref(); send();
setTimeout(() => process.exit(1), 10000).unref();`;

/** What a victim writes down. */
interface Seen {
  readonly address: string;
  readonly port: number;
  readonly at: string;
}

describe.skipIf(!isRoot).each([
  ["port-restricted", "likely"],
  ["none", "certain"],
] as const)("a complaint from the IPv4 side about an IPv4 peer with NAT %s", (nat, certainty) => {
  const logs = mkdtempSync(join(tmpdir(), "complaints-"));
  const path = usePeerPath(
    {
      relay: "builtin",
      v6peers: { coordinator: '\n[audit-log]\nenabled = true\nclients = "plain"' },
      v4peers: [
        {
          exit: "internet = true\n\n[[exit.publish]]\nports = 80",
          more: `[audit-log]\nenabled = true\ndirectory = "${logs}"`,
        },
      ],
    },
    { nats: [nat] },
  );
  afterAll(() => rmSync(logs, { recursive: true }));

  let seen: Seen;
  beforeAll(async () => {
    const { server, client, serverNat64 } = path.it;
    await server.start([process.execPath, endpoint("tell-source"), String(PORT)]);
    const answer = await client.must([process.execPath, "-e", ASK, serverNat64, String(PORT)]);
    const [address, port] = answer.trim().split(":");
    // Logs are as exact as a second. The binding lives on for minutes.
    await sleep(2500);
    seen = { address, port: Number(port), at: new Date().toISOString() };
    await sleep(1500);
  });

  /** The report that a peer's command `abuse` prints, with its exit code. */
  const report = async (command: readonly string[], host: Host, args: readonly string[]) => {
    const config = `${path.it.lab.directory}/${host.name}.toml`;
    const { stdout, code } = await host.run([
      ...command,
      "abuse",
      ...args,
      "--skew",
      "0",
      "--config",
      config,
      "--json",
    ]);
    return { code, ...JSON.parse(stdout) };
  };
  const v6peer = (...args: string[]) => report(V6PEER, path.it.v6peers[0].host, args);
  const v4peer = (...args: string[]) => report(V4PEER, path.it.v4peers[0].host, args);

  it("names the IPv4 peer alone: the victim sees no prefix and no client", () => {
    expect(seen.address).toBe(path.it.v4peers[0].publicIpv4);
  });

  it(`the IPv4 peer's owner learns from the port which IPv6 prefix it was, ${certainty}`, async () => {
    const report = await v4peer("--at", seen.at, "--port", String(seen.port), "--protocol", "udp");
    expect(report).toMatchObject({
      code: 0,
      address: seen.address,
      certainty: { level: certainty },
      pairs: [{ prefix: path.it.v6peers[0].prefix80, behindNat: nat !== "none", source: "log", isThroughout: true }],
      letter: { text: expect.stringContaining(path.it.v6peers[0].prefix80) },
    });
    expect(JSON.stringify(report)).not.toContain(path.it.clientIpv6);
  });

  it("and another port was unused", async () => {
    expect(await v4peer("--at", seen.at, "--port", "22")).toMatchObject({
      code: 1,
      pairs: [],
      certainty: { level: "certain" },
    });
  });

  it("the IPv6 peer's operator, who receives the forwarded complaint, finds the client's /64", async () => {
    const report = await v6peer(seen.address, "--at", seen.at, "--port", String(seen.port), "--protocol", "udp");
    expect(report).toMatchObject({
      code: 0,
      subject: { kind: "exit", use: { kind: "in-use", clientIsRecorded: true } },
      certainty: { level: "likely" },
      peers: [{ mapped: { address: seen.address }, source: "log" }],
      blocks: [{ protocol: "udp", client: `${path.it.plan.clientSubnet}/64` }],
    });
    expect(report.letter.text).not.toContain(path.it.plan.clientSubnet);
  });

  it("a service that is published at an address of the home is its IPv4 peer's, by RFC 4380", async () => {
    const { client, v6peers, v4peers, translator } = path.it;
    await startWebServer(v4peers[0].host);
    const [{ selector, peer, teredo }] = await exitsOf(translator.v6peers[0]);
    const [high] = v6peers[0].prefix80.split("::/80");
    const address = `${high}:0:0:${selector.toString(16)}:${toGroups(v4peers[0].ipv4)}`;
    const fetched = await client.run(["curl", "-sS", "--max-time", "10", urlOf(address, "/")]);
    expect(fetched.stdout).toContain("Hello");
    const report = await v6peer(`[${address}]:80`, "--at", seen.at);
    if (nat === "none") {
      // A global address is its owner's, whatever the selector.
      expect(report.subject).toMatchObject({ kind: "embedded", ipv4: v4peers[0].ipv4 });
    } else {
      expect(report).toMatchObject({
        code: 0,
        subject: { kind: "published", ipv4: v4peers[0].ipv4, exit: { peer, teredo, mapped: v4peers[0].publicIpv4 } },
        certainty: { level: "certain" },
      });
    }
    expect(await v6peer(String(teredo), "--at", seen.at)).toMatchObject({
      subject: { kind: "teredo", mapped: v4peers[0].publicIpv4, mappedPort: v4peers[0].udpPort },
      certainty: { level: "certain" },
    });
  });

  it("all of it can still be answered when both have stopped", async () => {
    const { translator } = path.it;
    await translator.v6peers[0].stop();
    await translator.v4peers[0].stop();
    const ask = ["--at", seen.at, "--port", String(seen.port), "--protocol", "udp"];
    expect(await v4peer(...ask)).toMatchObject({ code: 0, pairs: [{ prefix: path.it.v6peers[0].prefix80 }] });
    expect(await v6peer(seen.address, ...ask)).toMatchObject({ source: "config", subject: { kind: "exit" } });
  });
});

/** 192.168.1.10 → c0a8:10a. */
function toGroups(ipv4: string): string {
  const [a, b, c, d] = ipv4.split(".").map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

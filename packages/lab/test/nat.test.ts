import { describe, expect, it } from "vitest";
import { changeMapping, type HomeNatPreset, type HostProcess } from "../src/index.ts";
import { endpoint, usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const KINDS: readonly HomeNatPreset[] = ["full-cone", "port-restricted", "unguarded", "symmetric"];

describe.skipIf(!isRoot).each(KINDS)("a NAT of kind %s", (kind) => {
  const peer = usePeerHosts({ nats: [kind] });
  const listeners: HostProcess[] = [];

  /** Sends from the UDP port of the IPv4 peer to the server and the coordinator; the answers come from the port given, if any. */
  async function exchange(answerFrom?: number): Promise<{ seen: string[]; answers: string[] }> {
    const { server, coordinator, v4peers, serverIpv4, coordinatorIpv4 } = peer.it;
    const args = [endpoint("tell-source"), "7000", ...(answerFrom === undefined ? [] : [`${answerFrom}`])];
    for (const host of [server, coordinator]) {
      const listener = await host.start([process.execPath, ...args]);
      await listener.waitFor(/ready/);
      listeners.push(listener);
    }
    const to = [serverIpv4, coordinatorIpv4[0]].map((address) => `${address}:7000`);
    const [{ host, udpPort }] = v4peers;
    const answers = await host.must([process.execPath, endpoint("send-udp"), `${udpPort}`, "3f", ...to]);
    const seen = listeners.map(({ stdout }) => stdout.trim().split("\n").at(-1) as string);
    for (const listener of listeners.splice(0)) await listener.stop();
    return { seen, answers: answers.split("\n").filter(Boolean) };
  }

  it("shows its public address, with the same port to all destinations unless it is symmetric", async () => {
    const { seen, answers } = await exchange();
    for (const source of seen) expect(source).toContain(`${peer.it.v4peers[0].publicIpv4}:`);
    expect(new Set(seen).size).toBe(kind === "symmetric" ? 2 : 1);
    expect(answers).toHaveLength(2);
  });

  it("lets an answer from another port in only if it is a full cone", async () => {
    expect((await exchange(7001)).answers).toHaveLength(kind === "full-cone" ? 2 : 0);
  });

  it("gives other ports once its mappings change, and the public address stays", async () => {
    const [{ home, publicIpv4 }] = peer.it.v4peers;
    const before = await exchange();
    await changeMapping(home!.natOptions, "50000-50999");
    const after = await exchange();
    expect(after.answers).toHaveLength(2);
    for (const [i, source] of after.seen.entries()) {
      expect(source).not.toBe(before.seen[i]);
      expect(source).toMatch(new RegExp(`^${publicIpv4}:50\\d\\d\\d$`));
    }
  });

  it("allows its admin page from inside, and from outside only if it is unguarded", async () => {
    const { server, v4peers } = peer.it;
    const [{ host, publicIpv4, home }] = v4peers;
    const page = await home!.nat.start([process.execPath, endpoint("http-server"), "80"]);
    await page.waitFor(/ready/);
    const curl = ["curl", "-sS", "--max-time", "1", `http://${publicIpv4}/`];
    expect((await host.run(curl)).stdout).toContain("Hello");
    expect((await server.run(curl)).code === 0).toBe(kind === "unguarded");
    await page.stop();
  });
});

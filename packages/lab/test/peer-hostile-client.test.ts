import { bytesOf, parseIPv6 } from "@nat64/rfc6052";
import { makeBubble } from "@nat64/teredo";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addStranger,
  Capture,
  type CapturePoint,
  exitsOf,
  oursOver,
  type RunningPeerPath,
  type Stranger,
  sendForgedUdp,
  sendUdp,
  startEchoServer,
  Ticker,
} from "../src/index.ts";
import { counted, risen } from "./counted.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";
import {
  isDataFrom,
  isProbe,
  lastCarried,
  mappedPortOf,
  overhear,
  teredoAddress,
  turnedRound,
  withAddress,
  withWrongMac,
} from "./teredo-traffic.ts";

describe.skipIf(!isRoot)("a host that is not an IPv4 peer of an IPv6 peer with the built-in relay", () => {
  const hosts = usePeerHosts({ relay: "builtin" });
  let translator: RunningPeerPath;
  let stranger: Stranger;
  let ticker: Ticker;
  let door: CapturePoint;
  let relay: string;
  /** Messages 1 and 2 of an exchange of probes. */
  let question: Uint8Array;
  let answer: Uint8Array;
  beforeAll(async () => {
    door = { host: hosts.it.r4, device: "to-nat1", direction: "inout" };
    const capture = await Capture.start(hosts.it.lab.directory, [door]);
    translator = await oursOver({ relay: "builtin" }).start(hosts.it);
    const seen = await capture.stop();
    question = lastCarried((packet) => isProbe(packet, 1))(seen) as Uint8Array;
    answer = lastCarried((packet) => isProbe(packet, 2))(seen) as Uint8Array;
    stranger = await addStranger(hosts.it);
    relay = `${hosts.it.v6peers[0].ipv4}:3545`;
    await startEchoServer(hosts.it.server);
    ticker = await Ticker.start(hosts.it.client, hosts.it.serverNat64);
  });
  const listen = (isWanted: (packet: Uint8Array) => boolean) => overhear(hosts.it.lab, door, lastCarried(isWanted));
  const send = (payload: Uint8Array) => () => sendUdp(stranger.host, 3545, payload, relay);
  /** From the IPv4 peer's own address and port, as somebody on the way could. */
  const forge = (payload: Uint8Array) => async () => {
    const [{ teredo }] = await exitsOf(translator.v6peers[0]);
    const mapping = { address: hosts.it.v4peers[0].publicIpv4, port: mappedPortOf(teredo as string) };
    await sendForgedUdp(stranger.host, mapping, payload, relay);
  };
  const count = (metric: string, what: () => Promise<unknown>, expected?: number) =>
    counted(translator.v6peers[0], metric, what, expected);
  const fault = (name: string): string => `nat64_probe_faults_total{fault="${name}"}`;
  const faults = async (...names: string[]): Promise<number> => {
    const metrics = await translator.v6peers[0].metrics();
    return names.reduce((sum, name) => sum + (metrics.get(fault(name)) ?? 0), 0);
  };
  const drop = (reason: string): string => `nat64_relay_dropped_total{reason="${reason}"}`;

  it("sends a pair's data from elsewhere: refused and counted", async () => {
    expect(await count(drop("mapping-mismatch"), send(await listen(isDataFrom)))).toBe(1);
    await ticker.goesOn();
  });

  it("sends data as an independent Teredo client: refused and counted, because it belongs to no pair", async () => {
    const own = teredoAddress({ server: stranger.ipv4[1], mappedAddress: stranger.ipv4[0], mappedPort: 3545 });
    const data = withAddress(await listen(isDataFrom), "source", own);
    const as = { address: stranger.ipv4[0], port: 3545 };
    const tell = () => sendUdp(stranger.host, `${as.address}:${as.port}`, data, relay);
    expect(await count(drop("not-validated"), tell)).toBe(1);
    await ticker.goesOn();
  });

  it("sends an answer to a probe again: it counts once", async () => {
    const latest = await listen((packet) => isProbe(packet, 2));
    // The answer of the exchange before the latest is not known any more.
    expect(await risen(() => faults("replayed", "unknown-nonce"), forge(latest))).toBe(1);
    await ticker.goesOn();
  });

  it("sends an answer with a wrong MAC: refused and counted", async () => {
    const { flipped, mended } = withWrongMac(answer);
    expect(await count(fault("wrong-checksum"), forge(flipped))).toBe(1);
    expect(await count(fault("wrong-mac"), forge(mended))).toBe(1);
    await ticker.goesOn();
  });

  it("sends the IPv6 peer's own question back to it: turned round", async () => {
    expect(await count(fault("turned-round"), forge(turnedRound(question)))).toBe(1);
    await ticker.goesOn();
  });

  it("brings the answer that never arrived, from elsewhere: the path is not moved to it", async () => {
    const { r4 } = hosts.it;
    // (2) does not reach the relay, so that it is still good when the stranger has it.
    await r4.must(["nft", "add table ip second"]);
    await r4.must(["nft", "add chain ip second through { type filter hook forward priority filter; }"]);
    await r4.must(["nft", "add rule ip second through iifname to-nat1 udp length 128 @th,496,8 2 drop"]);
    const lost = await listen((packet) => isProbe(packet, 2));
    expect(await count(drop("mapping-mismatch"), send(lost))).toBe(1);
    await r4.must(["nft", "delete table ip second"]);
    await ticker.goesOn();
  });

  it("floods the relay with unsolicited bubbles: each is counted, none is answered", async () => {
    const { clientIpv6 } = hosts.it;
    const own = teredoAddress({ server: stranger.ipv4[1], mappedAddress: stranger.ipv4[0], mappedPort: 3547 });
    const bubble = makeBubble(bytesOf(parseIPv6(own)), bytesOf(parseIPv6(clientIpv6)));
    const flood = async (): Promise<void> => {
      const answers = await sendUdp(stranger.host, `${stranger.ipv4[0]}:3547`, bubble, ...Array(300).fill(relay));
      expect(answers).toEqual([]);
    };
    expect(await count(drop("unknown-peer"), flood, 300)).toBe(300);
    await ticker.goesOn();
  });

  it("sends bytes that are not Teredo: refused and counted", async () => {
    expect(await count(drop("unknown-encapsulation"), send(Buffer.alloc(64, "?")))).toBe(1);
    await ticker.goesOn();
  });
});

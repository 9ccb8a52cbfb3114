/**
 * An IPv6 peer with data to show: exits through three homes, traffic in both directions, and typical noise of the
 * internet.
 */
import { mkdtempSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { moreClients } from "../topology/more-clients.ts";
import { startWebServer, urlOf } from "../traffic/web.ts";
import { oursOver, type RunningPeerPath } from "../translators/peer/ours.ts";
import { type RunningPeerTopology, startPeer } from "../translators/peer/start-peer.ts";

/** A running scene. */
export interface Scene extends RunningPeerTopology<RunningPeerPath> {
  readonly clients: readonly string[];
}

/** Clients, and bytes per second for each, for each peak of the chart. */
const CLIENTS = 9;
const HILLS = [0.3e6, 0.6e6, 0.5e6, 0.9e6, 0.4e6, 0.7e6, 0.55e6, 1.1e6];

/** Starts it, with a bandwidth quota that is stored in a directory below `state`. */
export async function setScene(state: string): Promise<Scene> {
  const directory = mkdtempSync(`${state}/scene-`);
  const top = `bandwidth = { up = "40M", down = "80M", monthly = "2G", state = "${directory}" }`;
  const homes = ["port-restricted", "full-cone", "unguarded"] as const;
  const scene = await startPeer(oursOver({ relay: "builtin", v6peers: { top } }), { nats: homes });
  await startWebServer(scene.server);
  return { ...scene, clients: await moreClients(scene, CLIENTS) };
}

/** Lets clients come and go for some seconds. */
export async function play(scene: Scene, seconds: number): Promise<void> {
  const each = seconds / HILLS.length;
  for (const [i, rate] of HILLS.entries()) {
    const busy = scene.clients.slice(0, 3 + ((i * 5) % (CLIENTS - 2)));
    await Promise.all([
      ...busy.map((from) => download(scene, { from, bytesPerSecond: rate, seconds: each })),
      ...busy.map((from) => upload(scene, { from, bytesPerSecond: rate / 3, seconds: each })),
      browse(scene, each),
      misbehave(scene),
    ]);
  }
}

/** How one client's transfer is limited. */
interface Limits {
  readonly from: string;
  readonly bytesPerSecond: number;
  readonly seconds: number;
}

function download(scene: Scene, limits: Limits): Promise<void> {
  return transfer(scene, limits, [urlOf(scene.serverNat64, "/bytes/99999999")]);
}

/** Sends endlessly. */
function upload(scene: Scene, limits: Limits): Promise<void> {
  return transfer(scene, limits, ["-T", "/dev/zero", "-H", "Expect:", urlOf(scene.serverNat64, "/sha256")]);
}

async function transfer({ client }: Scene, limits: Limits, more: readonly string[]): Promise<void> {
  const { from, bytesPerSecond, seconds } = limits;
  const limited = ["--interface", from, "--limit-rate", `${bytesPerSecond}`, "-m", `${seconds}`];
  await client.run(["curl", "-gsS", "-o", "/dev/null", ...limited, ...more]);
}

async function browse({ client, clients, serverNat64 }: Scene, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const pages = clients.map((from) =>
      client.run(["curl", "-gsS", "-m", "3", "-o", "/dev/null", "--interface", from, urlOf(serverNat64)]),
    );
    await Promise.all([...pages.slice(0, 2 + (second % 7)), sleep(1000)]);
  }
}

/** Requests that no client should make, and packets that do not fit. */
async function misbehave({ client, serverNat64, plan }: Scene): Promise<void> {
  const ping = ["ping", "-i", "0.2", "-W", "1"];
  await client.run([...ping, "-c", "8", `${plan.v6peers[0].nat64}10.0.0.1`]);
  await client.run([...ping, "-c", "3", "-t", "2", serverNat64]);
  await client.run([...ping, "-c", "2", "-M", "do", "-s", "1400", serverNat64]);
}

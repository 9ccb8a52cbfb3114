import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";

const SENDER = fileURLToPath(new URL("../../dist/endpoints/send-udp.js", import.meta.url));

/** A datagram that came back. */
export interface UdpAnswer {
  /** `ADDRESS:PORT`. */
  readonly from: string;
  readonly payload: Uint8Array;
}

/** Sends a payload over IPv4 from a UDP port, or from `ADDRESS:PORT`, to some `ADDRESS:PORT`s, and returns what comes back within a second. */
export async function sendUdp(
  host: Host,
  from: number | string,
  payload: Uint8Array,
  ...destinations: readonly string[]
): Promise<UdpAnswer[]> {
  const hex = Buffer.from(payload).toString("hex");
  const printed = await host.must([process.execPath, SENDER, `${from}`, hex, ...destinations]);
  return printed
    .split("\n")
    .map((line) => /^from (\S+) ([\da-f]*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, from, answer]) => ({ from, payload: Buffer.from(answer, "hex") }));
}

/** The same with a spoofed source address, as strangers can send from unfiltered networks. Answers go elsewhere. */
export async function sendForgedUdp(
  host: Host,
  from: { readonly address: string; readonly port: number },
  payload: Uint8Array,
  destination: string,
): Promise<void> {
  await host.addAddress("lo", `${from.address}/32`);
  try {
    await sendUdp(host, `${from.address}:${from.port}`, payload, destination);
  } finally {
    await host.ip(`address del ${from.address}/32 dev lo`);
  }
}

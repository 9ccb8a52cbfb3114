import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";

const SENDER = fileURLToPath(new URL("../../dist/endpoints/send-udp.js", import.meta.url));

/** A datagram that came back. */
export interface UdpAnswer {
  /** `ADDRESS:PORT`. */
  readonly from: string;
  readonly payload: Uint8Array;
}

/** Sends a payload over IPv4 from a UDP port to some `ADDRESS:PORT`s, and returns what comes back within half a second. */
export async function sendUdp(
  host: Host,
  port: number,
  payload: Uint8Array,
  ...destinations: readonly string[]
): Promise<UdpAnswer[]> {
  const hex = Buffer.from(payload).toString("hex");
  const printed = await host.must([process.execPath, SENDER, `${port}`, hex, ...destinations]);
  return printed
    .split("\n")
    .map((line) => /^from (\S+) ([\da-f]*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, from, answer]) => ({ from, payload: Buffer.from(answer, "hex") }));
}

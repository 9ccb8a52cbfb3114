/** `v4peer drain`. */
import { setTimeout as sleep } from "node:timers/promises";
import { DaemonError } from "@nat64/daemon-kit/control";
import { ExitCode } from "@nat64/daemon-kit/program";
import type { V4PeerClient } from "../control/client.ts";
import type { Status } from "../control/protocol.ts";
import { ask } from "./ask.ts";

export interface DrainOptions {
  readonly socket: string;
  /** Seconds until the end. */
  readonly within: number;
  /** Whether to come back at once instead of at the end. */
  readonly isDetached: boolean;
  readonly json: boolean;
}

/** How far it is: a line of `--json`. */
interface Progress {
  readonly state: "draining" | "ended";
  readonly endsIn?: number;
  readonly pairs?: number;
  /** Packets of the last second, both ways. */
  readonly packets?: number;
}

/** Announces the end and shows how it comes. @returns the exit code */
export function drain({ socket, within, isDetached, json }: DrainOptions): Promise<number> {
  return ask(socket, async (client) => {
    const { endsIn, pairs } = await client.drain({ within });
    show({ state: "draining", endsIn, pairs }, json);
    if (isDetached) return ExitCode.ok;
    for await (const progress of watch(client)) show(progress, json);
    show({ state: "ended" }, json);
    return ExitCode.ok;
  });
}

/** Once a second, until it has ended. */
async function* watch(client: V4PeerClient): AsyncGenerator<Progress> {
  let before: number | undefined;
  for (;;) {
    await sleep(1_000);
    let status: Status;
    try {
      status = await client.status();
    } catch (error) {
      // Nobody there any more: that is what was asked for.
      if (error instanceof DaemonError) return;
      throw error;
    }
    const { engine, peer, endsIn = 0 } = status;
    const packets = engine.packetsFromIPv4 + engine.packetsFromIPv6;
    yield { state: "draining", endsIn, pairs: peer.pairs.length, packets: packets - (before ?? packets) };
    before = packets;
  }
}

function show(progress: Progress, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(progress)}\n`);
    return;
  }
  const { state, endsIn, pairs, packets } = progress;
  const traffic = packets === undefined ? "" : `, ${packets} packets in the last second`;
  const line =
    state === "ended"
      ? "v4peer has ended"
      : `draining: ends in ${endsIn} s, ${pairs} pair${pairs === 1 ? "" : "s"}${traffic}`;
  // On a terminal one line that changes; elsewhere one now and then.
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}${state === "ended" ? "\n" : ""}`);
  else if (packets === undefined || (endsIn ?? 0) % 10 === 0) process.stdout.write(`${line}\n`);
}

import { setTimeout as sleep } from "node:timers/promises";
import { DaemonError } from "@nat64/daemon-kit/control";
import type { V4PeerClient } from "../../control/client.ts";
import type { Status } from "../../control/protocol.ts";
import type { Progress } from "./progress.ts";

/** The progress once a second, until the daemon has stopped. */
export async function* watchDrain(client: V4PeerClient): AsyncGenerator<Progress> {
  let before: number | undefined;
  for (;;) {
    await sleep(1_000);
    let status: Status;
    try {
      status = await client.status();
    } catch (error) {
      // The daemon has stopped, as requested.
      if (error instanceof DaemonError) return;
      throw error;
    }
    const { engine, peer, endsIn = 0 } = status;
    const packets = engine.packetsFromIPv4 + engine.packetsFromIPv6;
    yield { state: "draining", endsIn, pairs: peer.pairs.length, packets: packets - (before ?? packets) };
    before = packets;
  }
}

/** The final check: every pair works, and both peers and the coordinator agree on it. */
import type { V4PeerNode } from "../nodes/v4peer-node.ts";
import type { V6PeerNode } from "../nodes/v6peer-node.ts";
import type { World } from "./world.ts";

/** Pairs at the end. */
export interface Closing {
  readonly pairs: number;
  /** Pairs over which an answer arrived during the closing phase. */
  readonly working: number;
  /** A sentence for each fault. */
  readonly faults: readonly string[];
}

/** @param since start of the closing phase */
export function checkClosing(world: World, since: number): Closing {
  const { v6peers, v4peers, coordinator } = world;
  const byPeerId = new Map(v4peers.map((peer) => [peer.identity.peerId, peer]));
  const faults: string[] = [];
  let pairs = 0;
  let working = 0;
  for (const v6 of v6peers) {
    for (const pair of v6.pairs()) {
      pairs++;
      const v4 = byPeerId.get(pair.peer) as V4PeerNode;
      const isWorking = (v6.traffic.of(pair.pair)?.answeredAt ?? -1) >= since;
      if (isWorking) working++;
      const what = `${v6.options.name} and ${v4.options.name} (${kindOf(v4)}), pair ${pair.pair}`;
      if (!isWorking) faults.push(`${what}: nothing crosses; the path is ${pair.state}, for ${pair.cause}.`);
      const other = v4.pairs().find(({ id }) => id === pair.pair);
      if (other === undefined) faults.push(`${what}: the IPv4 peer does not hold it.`);
      else if (other.address !== pair.teredo) faults.push(`${what}: the two have different Teredo addresses.`);
    }
  }
  const held = v4peers.reduce((sum, peer) => sum + peer.pairs().length, 0);
  if (held !== pairs) faults.push(`IPv6 peers hold ${pairs} pairs, IPv4 peers ${held}.`);
  const status = coordinator.machine?.status();
  if (status?.pairs !== pairs) faults.push(`IPv6 peers hold ${pairs} pairs, the coordinator ${status?.pairs}.`);
  for (const peer of [...v6peers, ...v4peers]) {
    if (!isRegistered(peer)) faults.push(`${peer.options.name} is not registered.`);
  }
  return { pairs, working, faults: [...faults, ...findMissing(world)] };
}

/** If there are enough IPv4 peers, every IPv6 peer has as many exits as it wants. */
function findMissing({ v6peers, v4peers, options }: World): string[] {
  const forAll = v4peers.filter((peer) => !peer.options.onlyWanted).length;
  if (forAll < v6peers.length * options.exits) return [];
  return v6peers
    .filter((peer) => peer.pairs().length < options.exits)
    .map((peer) => `${peer.options.name} has ${peer.pairs().length} pairs and wants ${options.exits}.`);
}

function isRegistered(peer: V6PeerNode | V4PeerNode): boolean {
  const { machine } = peer;
  if (machine === undefined) return false;
  return "registration" in machine ? machine.registration === "registered" : machine.describe().registered;
}

function kindOf({ options }: V4PeerNode): string {
  return options.nats.length === 0 ? "no NAT" : options.nats.map(({ name }) => name).join(" behind ");
}

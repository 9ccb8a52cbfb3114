/** Which relay carries the packets to IPv4 peers, for `relay = "system"`. */
import { mayConfigureNetwork, readRoutes } from "@nat64/v6peer-daemon/check";
import type { PeerStatus } from "@nat64/v6peer-daemon/client";
import { type DoctorFinding, found } from "../codes.ts";
import { roundTrip } from "./round-trip.ts";
import { type Trace, traceTo } from "./trace.ts";

/** The most exits that are followed. */
const MOST = 2;

/** Follows the way to the Teredo addresses of exits. What keeps that from being done is a finding, too. */
export async function examineRelay({ exits }: PeerStatus): Promise<readonly DoctorFinding[]> {
  const addresses = exits.flatMap(({ teredo }) => (teredo === undefined ? [] : [teredo])).slice(0, MOST);
  if (addresses.length === 0) return [notFollowed("no exit has a Teredo address now")];
  if (!mayConfigureNetwork()) return [notFollowed("that takes root, or CAP_NET_ADMIN")];
  try {
    const [own] = readRoutes("-6", "exact", "2001::/32");
    if (own !== undefined && own.gateway === undefined && own.nexthops === undefined) {
      return [found("ok", "relay-path", `The Teredo relay is on this host: the device ${own.dev}.`)];
    }
    const traces = [];
    for (const address of addresses) traces.push(await traceTo(address));
    return judgeTraces(traces, await timesOf(traces));
  } catch (failure) {
    return [notFollowed(failure instanceof Error ? failure.message : String(failure))];
  }
}

/** What the ways to one or more Teredo addresses mean. @param times round-trip times of relays, in ms */
export function judgeTraces(
  traces: readonly Trace[],
  times: ReadonlyMap<string, number | undefined>,
): readonly DoctorFinding[] {
  const spread = traces.map(relaysOf).find((relays) => relays.length > 1);
  if (spread !== undefined) {
    const message = `Packets to one Teredo address take several relays: ${spread.join(", ")}.`;
    const advice =
      "Have 2001::/32 routed to one relay, without multipath; each exit works through a relay that is validated.";
    return [found("warn", "relay-spread", message, advice)];
  }
  const relays = [...new Set(traces.flatMap(relaysOf))];
  if (relays.length === 0) return [notFollowed("no router on the way answers")];
  return relays.map((relay) => {
    const time = times.get(relay);
    const took = time === undefined ? "it answers no datagrams" : `${time.toFixed(1)} ms`;
    return found("ok", "relay-path", `The last IPv6 hop to IPv4 peers, the Teredo relay, is ${relay} (${took}).`);
  });
}

/** The last hop of each flow, each once. A flow whose last answer is missing would look like another one: the longest count. */
export function relaysOf(trace: Trace): readonly string[] {
  const ends = trace.map((hops) => hops.findLastIndex((hop) => hop !== undefined));
  const furthest = Math.max(-1, ...ends);
  const last = trace.flatMap((hops, flow) => (ends[flow] === furthest ? [hops[furthest]] : []));
  return [...new Set(last.filter((hop) => hop !== undefined))].sort();
}

async function timesOf(traces: readonly Trace[]): Promise<ReadonlyMap<string, number | undefined>> {
  const relays = [...new Set(traces.flatMap(relaysOf))];
  return new Map(await Promise.all(relays.map(async (relay) => [relay, await roundTrip(relay)] as const)));
}

function notFollowed(why: string): DoctorFinding {
  return found("info", "relay-path", `The way to the Teredo relay was not followed: ${why}.`, undefined);
}

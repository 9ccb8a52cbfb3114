/** Finds the relay that carries packets to IPv4 peers, for `relay = "system"`. */
import { mayConfigureNetwork, readRoutes } from "@nat64/v6peer-daemon/check";
import type { PeerStatus } from "@nat64/v6peer-daemon/client";
import { DOCTOR_CODES, type DoctorFinding, found } from "../codes.ts";
import { roundTrip } from "./round-trip.ts";
import { type Trace, traceTo } from "./trace.ts";

/** The number of exits to trace. */
const MAX_TRACES = 2;

/** Traces the path to the Teredo addresses of exits. If this is not possible, the reason is a finding. */
export async function examineRelay({ exits }: PeerStatus): Promise<readonly DoctorFinding[]> {
  const addresses = exits.flatMap(({ teredo }) => (teredo === undefined ? [] : [teredo])).slice(0, MAX_TRACES);
  if (addresses.length === 0) return [notTraced("no exit has a Teredo address at the moment")];
  if (!mayConfigureNetwork()) return [notTraced("this needs root or CAP_NET_ADMIN")];
  try {
    const [own] = readRoutes("-6", "exact", "2001::/32");
    if (own !== undefined && own.gateway === undefined && own.nexthops === undefined) {
      return [found("ok", "relay-path", `The Teredo relay is on this host: the device ${own.dev}.`)];
    }
    const traces = [];
    for (const address of addresses) traces.push(await traceTo(address));
    return judgeTraces(traces, await timesOf(traces));
  } catch (failure) {
    return [notTraced(failure instanceof Error ? failure.message : String(failure))];
  }
}

/** Findings from the paths to one or more Teredo addresses. @param times round-trip times of relays, in ms */
export function judgeTraces(
  traces: readonly Trace[],
  times: ReadonlyMap<string, number | undefined>,
): readonly DoctorFinding[] {
  const spread = traces.map(relaysOf).find((relays) => relays.length > 1);
  if (spread !== undefined) {
    const message = `Packets to one Teredo address are spread over several relays: ${spread.join(", ")}.`;
    const advice =
      "Route 2001::/32 to one relay, without multipath. An exit accepts packets only from a relay that it has validated.";
    return [found("warn", "relay-spread", message, advice)];
  }
  const relays = [...new Set(traces.flatMap(relaysOf))];
  if (relays.length === 0) return [notTraced("no router along it answered")];
  return relays.map((relay) => {
    const time = times.get(relay);
    const took = time === undefined ? "no answer to datagrams" : `${time.toFixed(1)} ms`;
    return found("ok", "relay-path", `The Teredo relay, the last IPv6 hop to IPv4 peers, is ${relay} (${took}).`);
  });
}

/** The distinct last hops of the flows. Only the longest flows count: in a shorter one, the last answer may be missing. */
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

function notTraced(why: string): DoctorFinding {
  return found(
    "info",
    "relay-path",
    `Could not trace the path to the Teredo relay: ${why}.`,
    DOCTOR_CODES["relay-path"].fix,
  );
}

import type { Sighting } from "./capture.ts";
import type { Headers } from "./headers.ts";

const SYN = 0x02;
const ACK = 0x10;

/** The first two packets of a TCP connection, each with every place where it was captured, in order of time. */
export interface Journey {
  readonly there: readonly Sighting[];
  readonly back: readonly Sighting[];
}

/** Follows the first captured SYN and its SYN-ACK. Both are empty if no SYN was captured. */
export function journeyOfConnection(sightings: readonly Sighting[]): Journey {
  const there = follow(sightings, SYN);
  const last = there.at(-1);
  if (last === undefined) return { there: [], back: [] };
  return { there, back: follow(sightings.slice(sightings.indexOf(last) + 1), SYN | ACK) };
}

/** The inner packet if it is Teredo, otherwise the packet itself. */
export function innermost(headers: Headers): Headers {
  return headers.carried ?? headers;
}

function follow(sightings: readonly Sighting[], flags: number): Sighting[] {
  const isSuch = ({ headers }: Sighting): boolean => (innermost(headers).flags & (SYN | ACK)) === flags;
  const first = sightings.find(isSuch);
  if (first === undefined) return [];
  const { sequence } = innermost(first.headers);
  return sightings.filter((each) => isSuch(each) && innermost(each.headers).sequence === sequence);
}

import type { Sighting } from "./capture.ts";
import type { Headers } from "./headers.ts";

const SYN = 0x02;
const ACK = 0x10;

/** The first two packets of a TCP connection, each with every place where it was seen, in the order of time. */
export interface Journey {
  readonly there: readonly Sighting[];
  readonly back: readonly Sighting[];
}

/** Follows the SYN that was seen first, and its SYN-ACK. Both are empty when none was seen. */
export function journeyOfConnection(sightings: readonly Sighting[]): Journey {
  const there = follow(sightings, SYN);
  const last = there.at(-1);
  if (last === undefined) return { there: [], back: [] };
  return { there, back: follow(sightings.slice(sightings.indexOf(last) + 1), SYN | ACK) };
}

/** The packet itself: what Teredo carries, or what there is. */
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

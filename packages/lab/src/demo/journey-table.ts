import type { Sighting } from "../capture/capture.ts";
import type { Headers } from "../capture/headers.ts";
import { innermost } from "../capture/journey.ts";

/** The places where a packet was captured, one line each: link, source, destination, ports, encapsulation. */
export function journeyTable(sightings: readonly Sighting[]): string {
  const rows = sightings.map(({ point, headers }, i) => {
    const before = i === 0 ? undefined : innermost(sightings[i - 1].headers);
    return [wayOf(point), ...whatWasSeen(headers, before)];
  });
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => (row.length > 2 ? row[column] : row[0]).length)),
  );
  return rows
    .map((row) => row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]) : cell)).join("  "))
    .join("\n");
}

function whatWasSeen(headers: Headers, before: Headers | undefined): string[] {
  const { carried, source, destination, sourcePort, destinationPort } = headers;
  if (carried === undefined) return [source, destination, `${sourcePort} → ${destinationPort}`];
  const outside = `in UDP ${source}:${sourcePort} → ${destination}:${destinationPort}`;
  if (before !== undefined && sameEnds(carried, before)) return [`the same, ${outside}`];
  return [carried.source, carried.destination, `${carried.sourcePort} → ${carried.destinationPort}, ${outside}`];
}

function sameEnds(a: Headers, b: Headers): boolean {
  const keys = ["source", "destination", "sourcePort", "destinationPort"] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** A link is named by its two hosts; a TUN device has one. */
function wayOf({ host, device, direction }: Sighting["point"]): string {
  const other = /^to-(.*)/.exec(device)?.[1];
  if (other === undefined) return `${host.name}, ${device}`;
  return direction === "in" ? `${other} → ${host.name}` : `${host.name} → ${other}`;
}

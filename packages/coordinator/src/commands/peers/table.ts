/** The table of peers. Column widths are fixed, because rows are printed as they arrive. */
import { shortPeerId } from "@nat64/peer-protocol";
import type { PeerStatus } from "../../control/protocol.ts";

interface Column {
  readonly title: string;
  readonly width: number;
  readonly read: (peer: PeerStatus) => string;
}

const COLUMNS: readonly Column[] = [
  { title: "PEER", width: 19, read: ({ id }) => shortPeerId(id) },
  { title: "ROLE", width: 6, read: ({ role }) => role },
  { title: "STATE", width: 12, read: ({ state, draining }) => (draining ? "draining" : state) },
  { title: "SINCE", width: 20, read: ({ since }) => since.replace(/\.\d+Z$/, "Z") },
  { title: "NAT", width: 15, read: ({ nat }) => nat ?? "-" },
  { title: "PAIRS", width: 5, read: ({ pairs }) => String(pairs.up + pairs.down + pairs.unknown) },
  { title: "UP/DOWN/?", width: 9, read: ({ pairs }) => `${pairs.up}/${pairs.down}/${pairs.unknown}` },
  { title: "PREFIX", width: 28, read: ({ prefix }) => prefix ?? "-" },
  { title: "SOFTWARE", width: 24, read: ({ software }) => software ?? "-" },
];

const ADDRESS_COLUMNS: readonly Column[] = [
  { title: "MAPPING", width: 21, read: ({ mapping }) => mapping ?? "-" },
  { title: "ADDRESS", width: 0, read: ({ address }) => address ?? "-" },
];

/** The first line. */
export function formatHeader(withAddresses: boolean): string {
  return formatLine(({ title }) => title, withAddresses);
}

/** The line of a peer. */
export function formatPeer(peer: PeerStatus, withAddresses: boolean): string {
  return formatLine(({ read }) => read(peer), withAddresses);
}

function formatLine(cell: (column: Column) => string, withAddresses: boolean): string {
  const columns = withAddresses ? [...COLUMNS, ...ADDRESS_COLUMNS] : COLUMNS;
  return `${columns
    .map((column) => cell(column).padEnd(column.width))
    .join("  ")
    .trimEnd()}\n`;
}

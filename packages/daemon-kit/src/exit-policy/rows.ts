/** The policy compiler of both daemons: what a file refuses, and what is refused whatever it says, as rows of the engine. */
import type { ExitPolicyRow } from "@nat64/nat64-engine";
import { parseCidr } from "@nat64/rfc6052";
import { METADATA_NETWORKS } from "./metadata.ts";
import type { RefusedTable } from "./table.ts";

const TCP = 6;
const UDP = 17;

/** @param networks of this host: its own addresses, its router, and what else is not for clients (`address/length`) */
export function refusedRows(table: RefusedTable, networks: readonly string[] = []): readonly ExitPolicyRow[] {
  const ports = (protocol: number, ranges: RefusedTable["refused-tcp"]): readonly ExitPolicyRow[] =>
    ranges.map(([firstPort, lastPort]) => ({ network: 0, length: 0, protocol, firstPort, lastPort }));
  const all = new Set([...METADATA_NETWORKS, ...table["refused-networks"], ...networks]);
  return [...[...all].map(rowOf), ...ports(TCP, table["refused-tcp"]), ...ports(UDP, table["refused-udp"])];
}

function rowOf(text: string): ExitPolicyRow {
  const { words, length } = parseCidr(text);
  return { network: words[0], length, protocol: 0, firstPort: 0, lastPort: 65_535 };
}

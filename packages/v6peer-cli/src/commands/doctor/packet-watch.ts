/**
 * Counts arriving packets without a capture: nftables rules count them before any other rule applies. All rules are in one
 * table, which is removed at the end.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { runNft, runTool } from "@nat64/daemon-kit/host";
import { z } from "zod";
import { undoLater } from "./undo.ts";

/** One kind of packet to count: a condition in nft(8) syntax. */
export interface Sight {
  /** Letters and digits. */
  readonly name: string;
  readonly when: string;
  /** Also record the source addresses. */
  readonly sources?: true;
}

/** The packets of one kind so far. */
export interface Seen {
  readonly packets: number;
  readonly sources: readonly string[];
}

const TABLE = "v6peer_doctor";

/** Before connection tracking, translation and filters. */
const PRIORITY = -450;

const tableSchema = z.object({
  nftables: z.array(
    z.object({
      counter: z.object({ name: z.string(), packets: z.number() }).optional(),
      set: z
        .object({
          name: z.string(),
          elem: z.array(z.union([z.string(), z.object({ elem: z.object({ val: z.string() }) })])).optional(),
        })
        .optional(),
    }),
  ),
});

/** Counts incoming IPv6 packets by kind. Needs CAP_NET_ADMIN. */
export class Watch {
  readonly #table: string = `${TABLE}_${process.pid}_${randomBytes(4).toString("hex")}`;
  readonly #sights: readonly Sight[];
  readonly #remove: () => void;

  /** Starts counting. Throws a `ToolError`. */
  constructor(sights: readonly Sight[]) {
    this.#sights = sights;
    removeLeft();
    runNft(render(this.#table, sights));
    this.#remove = undoLater(() => removeTable(this.#table));
  }

  /** The counts so far. */
  read(): ReadonlyMap<string, Seen> {
    const { nftables } = tableSchema.parse(JSON.parse(runTool("nft", ["-j", "list", "table", "ip6", this.#table])));
    return new Map(
      this.#sights.map(({ name }) => {
        const packets = nftables.find(({ counter }) => counter?.name === `n_${name}`)?.counter?.packets ?? 0;
        const elements = nftables.find(({ set }) => set?.name === `s_${name}`)?.set?.elem ?? [];
        return [name, { packets, sources: elements.map((each) => (typeof each === "string" ? each : each.elem.val)) }];
      }),
    );
  }

  /** Stops counting. Never throws. */
  close(): void {
    this.#remove();
  }
}

function removeTable(table: string): void {
  try {
    runTool("nft", ["delete", "table", "ip6", table]);
  } catch {
    // Somebody flushed the ruleset.
  }
}

/** Removes the tables of earlier runs that were killed. */
function removeLeft(): void {
  const tables = runTool("nft", ["list", "tables", "ip6"]).matchAll(
    new RegExp(`^table ip6 (${TABLE}_(\\d+)_\\w+)$`, "gm"),
  );
  for (const [, table, pid] of tables) if (!existsSync(`/proc/${pid}`)) removeTable(table);
}

function render(table: string, sights: readonly Sight[]): string {
  const sets = sights.filter(({ sources }) => sources === true);
  return `table ip6 ${table} {
${sights.map(({ name }) => `  counter n_${name} { }`).join("\n")}
${sets.map(({ name }) => `  set s_${name} { type ipv6_addr; flags dynamic; size 64; timeout 60s; }`).join("\n")}
  chain look {
    type filter hook prerouting priority ${PRIORITY}; policy accept;
${sights.map(({ name, when, sources }) => `    ${when} counter name n_${name}${sources ? ` add @s_${name} { ip6 saddr }` : ""}`).join("\n")}
  }
}
`;
}

/** A path has to stay up for a while before its earlier failures are forgotten (PROTOCOL.md, `path`). */
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import type { Pair } from "../../state/pair.ts";
import { noteUp } from "./exit-record.ts";

/** The path is no longer up, or has another address. If it was up for long enough, earlier failures are forgotten. */
export function endUp(context: Context, pair: Pair): void {
  const { now } = context;
  if (pair.upSince !== undefined) noteUp(context, pair, now - pair.upSince);
  if (pair.upSince !== undefined && now - pair.upSince >= TIMES.stablePathMs) pair.repair = undefined;
  pair.upSince = undefined;
}

/** The request of `v6peer bandwidth`, from its arguments. */

import { UsageError } from "@nat64/daemon-kit/command-line";
import { parseBandwidth } from "@nat64/daemon-kit/config";
import type { SetBandwidth } from "@nat64/v6peer-daemon/client";

/** Arguments that change the limits. */
export interface BandwidthArguments {
  readonly up?: string;
  readonly down?: string;
  readonly reset?: true;
  readonly untilRestart?: true;
}

/** The request; `undefined` if nothing changes. Throws a `UsageError`. */
export function requestOf(rate: string | undefined, options: BandwidthArguments): SetBandwidth | undefined {
  const { reset, untilRestart } = options;
  if (rate !== undefined && (options.up !== undefined || options.down !== undefined)) {
    throw new UsageError("RATE sets both directions and cannot be combined with --up or --down");
  }
  if (rate !== undefined && reset !== undefined) {
    throw new UsageError("--reset restores the rates of the configuration and cannot be combined with RATE");
  }
  const up = options.up ?? rate;
  const down = options.down ?? rate;
  if (up === undefined && down === undefined && reset === undefined) {
    if (untilRestart !== undefined) throw new UsageError("--until-restart requires RATE, --up or --down");
    return undefined;
  }
  return {
    ...(up !== undefined && { up: parse(up) }),
    ...(down !== undefined && { down: parse(down) }),
    ...(reset !== undefined && { reset }),
    ...(untilRestart !== undefined && { untilRestart }),
  };
}

function parse(text: string): { readonly rate: number } | null {
  if (text === "none") return null;
  const rate = parseBandwidth(text);
  if (rate !== undefined && rate >= 8_000 && rate <= 1e12) return { rate };
  throw new UsageError(
    `${JSON.stringify(text)} is not a valid bandwidth: expected bits per second such as 50M, from 8k to 1000G, or none`,
  );
}

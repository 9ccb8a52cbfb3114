/** The progress of a drain: a line of `--json`. */
export interface Progress {
  readonly state: "draining" | "ended";
  /** Seconds. */
  readonly endsIn?: number;
  readonly pairs?: number;
  /** Packets of the last second, both ways. */
  readonly packets?: number;
}

/** Writes the progress to standard output. */
export function showProgress(progress: Progress, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(progress)}\n`);
    return;
  }
  const { state, endsIn, pairs, packets } = progress;
  const traffic = packets === undefined ? "" : `, ${packets} packets in the last second`;
  const line =
    state === "ended"
      ? "v4peer has stopped"
      : `draining: ends in ${endsIn} s, ${pairs} pair${pairs === 1 ? "" : "s"}${traffic}`;
  // On a terminal one line that changes; elsewhere a line every ten seconds.
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}${state === "ended" ? "\n" : ""}`);
  else if (packets === undefined || (endsIn ?? 0) % 10 === 0) process.stdout.write(`${line}\n`);
}

/** Progress and outcome of a simulation for people. */
import type { Progress, Report } from "./run.ts";

/** Maximum number of printed faults. */
const MAX_FAULTS = 20;

export function progressLine({ virtualMs, endMs, events, pairs, pairsUp }: Progress): string {
  const minute = Math.round(virtualMs / 60_000);
  const minutes = Math.ceil(endMs / 60_000);
  return `minute ${minute} of ${minutes}: ${pairsUp} of ${pairs} pairs up, ${count(events)} events`;
}

/** @param seconds duration of the run */
export function summary(report: Report, seconds: number): string {
  const { options, troubles, peaks, faults, trace } = report;
  const { seed, v6, v4, hours, loss, restarts, exits } = options;
  const happened = Object.entries(troubles).map(([name, times]) => `${times} × ${name}`);
  const seen = Object.entries(peaks).map(([name, most]) => `${name} ${count(most)}`);
  const lines = [
    `${v6} IPv6 peers that want ${exits} exits each, ${v4} IPv4 peers, ${hours} h, ${loss * 100} % loss, seed ${seed}`,
    `${count(report.events)} events, ${count(report.packets)} packets in ${seconds.toFixed(1)} s`,
    `troubles: ${happened.join(", ")}`,
    `most at a time: ${seen.join(", ")}`,
    `questions through the exits: ${count(report.asked)}, answers: ${count(report.answered)}`,
    `coordinator since its last start: ${JSON.stringify(report.coordinator)}`,
    `pairs at the end: ${report.pairs}, working: ${report.working}`,
    `hash: ${report.hash}`,
  ];
  if (report.ok) return `${[...lines, "Everything holds."].join("\n")}\n`;
  const more = faults.length > MAX_FAULTS ? [`… and ${faults.length - MAX_FAULTS} more`] : [];
  const again =
    `npm run sim -- --seed ${seed} --v6 ${v6} --v4 ${v4} --hours ${hours} --loss ${loss}` +
    ` --restarts ${restarts} --exits ${exits}`;
  const failure = ["", "Does not hold:", ...faults.slice(0, MAX_FAULTS), ...more, "", ...trace, "", `Again: ${again}`];
  return `${[...lines, ...failure].join("\n")}\n`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

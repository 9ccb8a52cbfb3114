/** `npm run attack`: attacks a running service, prints a report on standard output, progress on standard error. */

import { type Setting, settingNow } from "../bench/setting.ts";
import { endOnBrokenPipe } from "../broken-pipe.ts";
import { isUsageError } from "../is-usage-error.ts";
import { ourVersion } from "../translators/versions.ts";
import { ATTACKS } from "./attacks/all.ts";
import { attackCommand } from "./options.ts";
import { runAttack } from "./report.ts";
import { textOf } from "./text.ts";

const LIMIT_MISSED = 1;
const USAGE = 2;
const FAILED = 3;
const DEFAULT_SECONDS = 60;

async function main(args: readonly string[]): Promise<number> {
  const { attacks, list, json, ...options } = attackCommand(args, ATTACKS);
  if (list) {
    const width = Math.max(...ATTACKS.map(({ name }) => name.length));
    process.stdout.write(ATTACKS.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join(""));
    return 0;
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const reports = [];
  for (const attack of attacks) {
    const seconds = options.seconds ?? attack.seconds ?? DEFAULT_SECONDS;
    const report = await runAttack(attack, { ...options, seconds, say }, await setting(seconds));
    reports.push(report);
    if (!json) process.stdout.write(textOf(report));
  }
  if (json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  return reports.every(({ kept }) => kept) ? 0 : LIMIT_MISSED;
}

async function setting(seconds: number): Promise<Setting> {
  const version = await ourVersion();
  return { ...(await settingNow([], seconds)), versions: [version] };
}

endOnBrokenPipe();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`attack: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = isUsageError(error) ? USAGE : FAILED;
}

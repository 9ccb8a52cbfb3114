import { destination, type Logger, pino } from "pino";

/** A log of JSON lines on standard output. Synchronous: the last lines before the end are the ones that matter. */
export function createLog(level: string): Logger {
  return pino({ level, base: { pid: process.pid } }, destination({ dest: 1, sync: true }));
}

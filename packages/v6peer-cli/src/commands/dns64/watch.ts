import { ExitCode, UsageError } from "@nat64/daemon-kit/command-line";
import type { Output } from "../../output/output.ts";
import { gatherCandidates } from "./gather.ts";
import { Journal } from "./journal.ts";
import { checkPlace } from "./managed-file.ts";
import { readRemembered } from "./memory.ts";
import { NO_PREFIX, planOf, prepare } from "./prepare.ts";
import { Publisher } from "./publisher.ts";
import type { Dns64Server } from "./servers/index.ts";
import type { Dns64Options } from "./settings.ts";
import { Watcher } from "./watcher.ts";

/** Options of `v6peer dns64 watch`. */
export interface WatchOptions extends Dns64Options {
  readonly file?: string;
  readonly check?: string;
  readonly reload?: string;
  readonly once?: true;
}

/** `v6peer dns64 watch`: updates the file of a server until SIGTERM or SIGINT, or once. */
export async function watchDns64(name: Dns64Server["name"], options: WatchOptions, output: Output): Promise<number> {
  const { config, server, settings } = prepare(name, options);
  if (settings.own === undefined && settings.named.length + settings.trusted.length === 0)
    throw new UsageError(NO_PREFIX);
  const file = options.file ?? server.file;
  const place = checkPlace(file);
  server[place]({ ...planOf(settings, options), prefixes: [], withdrawn: [] });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const watcher = await Watcher.create({
    settings,
    gather: () => gatherCandidates(settings, options, config, () => readRemembered(file, settings.isLab)),
    publisher: new Publisher({
      server,
      file,
      check: options.check ?? server.check,
      reload: options.reload ?? server.reload,
      reloadsFirst: !options.once,
    }),
    journal: new Journal(output, options.json === true),
    plan: planOf(settings, options),
    signal: stop.signal,
  });
  if (!options.once) {
    await watcher.run();
    return ExitCode.ok;
  }
  const isDone = await watcher.once();
  stop.abort();
  return isDone ? ExitCode.ok : ExitCode.failed;
}

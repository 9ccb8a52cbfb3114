import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { gatherCandidates } from "../dns64/gather.ts";
import { describeCandidate, Journal } from "../dns64/journal.ts";
import { checkPlace, HEADER } from "../dns64/managed-file.ts";
import { readRemembered } from "../dns64/memory.ts";
import { Publisher } from "../dns64/publisher.ts";
import { PrefixSelector } from "../dns64/selector.ts";
import { type Dns64Server, SERVERS } from "../dns64/servers/index.ts";
import { type Dns64Options, type Dns64Settings, settingsOf } from "../dns64/settings.ts";
import { Watcher } from "../dns64/watcher.ts";
import { ExitCode, UsageError } from "../exit.ts";
import { type Output, writeJson } from "../output.ts";
import { type Probe, probePrefix } from "../prefixes/probe.ts";
import { probeMany } from "../prefixes/probe-many.ts";
import { findConfig } from "../socket.ts";

/** Options of `v6peer dns64 unbound|bind|radvd`. */
export interface PrintOptions extends Dns64Options {
  /** `false`: prefixes are taken without a look at them. */
  readonly probe: boolean;
}

/** Options of `v6peer dns64 watch`. */
export interface WatchOptions extends Dns64Options {
  readonly file?: string;
  readonly check?: string;
  readonly reload?: string;
  readonly once?: true;
}

/** `v6peer dns64 unbound|bind|radvd`: prints configuration. 1 when none of its prefixes works. */
export async function printDns64(name: Dns64Server["name"], options: PrintOptions, output: Output): Promise<number> {
  const { config, server, settings } = prepare(name, options);
  // What is missing for a file is said before anything is probed.
  server.whole({ ...planOf(settings, options), prefixes: [], withdrawn: [] });
  const { candidates, notes, listProblem } = await gatherCandidates(settings, options, config);
  if (candidates.length === 0) throw new UsageError(listProblem ?? notes[0] ?? NOBODY);
  const probes = await probeMany(candidates, async (candidate): Promise<Probe> => {
    return options.probe ? probePrefix(candidate, settings) : { health: "up" };
  });
  const selector = new PrefixSelector({ ...settings, failures: 1, interval: 0 }, candidates, 0);
  for (const [index, { nat64Prefix }] of candidates.entries()) selector.note(nat64Prefix, probes[index], 0);
  const prefixes = selector.chosen.map(({ nat64Prefix }) => nat64Prefix);
  const lines = server.whole({ ...planOf(settings, options), prefixes, withdrawn: [] });
  const remarks = [
    ...(listProblem === undefined ? [] : [`the list of prefixes: ${listProblem}`]),
    ...notes,
    ...candidates.flatMap((candidate, index) => {
      const { health, reason } = probes[index];
      return health === "up" ? [] : [`${describeCandidate(candidate)} does not work: ${reason}`];
    }),
    ...(selector.isHealthy ? [] : ["None of the prefixes works now; this is for when they do."]),
  ];
  if (options.json) {
    const tried = candidates.map((candidate, index) => ({
      ...candidate,
      ...(options.probe && { seen: probes[index] }),
    }));
    writeJson(output, { server: name, prefixes, works: selector.isHealthy, candidates: tried, remarks, lines });
  } else {
    for (const line of [HEADER, ...server.usage.map((each) => `# ${each}`), ...lines]) output.line(line);
    for (const remark of remarks) process.stderr.write(`v6peer: ${remark}\n`);
  }
  return selector.isHealthy ? ExitCode.ok : ExitCode.finding;
}

/** `v6peer dns64 watch`: keeps a server's file current until SIGTERM or SIGINT, or once. */
export async function watchDns64(name: Dns64Server["name"], options: WatchOptions, output: Output): Promise<number> {
  const { config, server, settings } = prepare(name, options);
  if (settings.own === undefined && settings.named.length + settings.trusted.length === 0) throw new UsageError(NOBODY);
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
  return isDone ? ExitCode.ok : ExitCode.finding;
}

function prepare(
  name: Dns64Server["name"],
  options: Dns64Options,
): { readonly config: DaemonConfig | undefined; readonly server: Dns64Server; readonly settings: Dns64Settings } {
  const config = findConfig(options);
  const server = SERVERS[name];
  const settings = settingsOf(options, config);
  return { config, server, settings: { ...settings, active: Math.min(settings.active, server.most) } };
}

function planOf({ isLab }: Dns64Settings, { interface: device }: Dns64Options) {
  return { isLab, ...(device !== undefined && { interface: device }) };
}

const NOBODY =
  "there is no prefix to use: no configuration with an own one was found (--config), none was named (--prefix), nobody is trusted (--trust, or trusted in [sharing])";

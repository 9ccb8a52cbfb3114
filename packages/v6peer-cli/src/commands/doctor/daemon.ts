/** Findings from the status of the running daemon. */
import { formatDuration } from "@nat64/daemon-kit/command-line";
import { DaemonClient, DaemonError, type PeerStatus, type Status } from "@nat64/v6peer-daemon/client";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { formatCount } from "../../output/units.ts";
import { type DoctorFinding, found } from "./codes.ts";

/** Requests the status; a finding if the daemon does not answer. */
export async function askDaemon(socket: string): Promise<Status | DoctorFinding> {
  try {
    const client = await DaemonClient.connect(socket);
    try {
      return await client.ask("status");
    } finally {
      client.close();
    }
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    return found("warn", "daemon", error.message.endsWith(".") ? error.message : `${error.message}.`);
  }
}

/** All findings about the daemon. @param configPath absolute path of the configuration that was checked */
export function judgeDaemon(status: Status, config: DaemonConfig, configPath: string): readonly DoctorFinding[] {
  const { version, pid, uptimeSeconds, peer } = status;
  const running = `v6peerd ${version} is running (process ${pid}) for ${formatDuration(uptimeSeconds)}.`;
  return [
    found("ok", "daemon", running),
    ...judgeConfig(status.config, configPath),
    ...judgeSessions(status.counters.engine.sessionsByClass.settled, config.file.tables.sessions),
    ...(peer === undefined ? [] : judgePeer(peer, config)),
  ];
}

function judgeConfig({ path, refused, needsRestart }: Status["config"], configPath: string): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  if (path !== configPath) findings.push(found("warn", "daemon-config", `v6peerd uses ${path}, not ${configPath}.`));
  if (refused !== undefined) {
    findings.push(found("warn", "reload-refused", `The last reload was refused: ${refused.replaceAll("\n", "; ")}.`));
  }
  if (needsRestart.length > 0) {
    findings.push(
      found("warn", "restart-needed", `Changed in the file but not in effect: ${needsRestart.join(", ")}.`),
    );
  }
  return findings;
}

/** The share of the session table that counts as nearly full. */
const NEARLY_FULL = 0.9;

function judgeSessions(sessions: number, size: number): readonly DoctorFinding[] {
  if (sessions < size * NEARLY_FULL) return [];
  return [
    found(
      "warn",
      "sessions",
      `Of the ${formatCount(size)} places in the session table, ${formatCount(sessions)} are of connections in use.`,
    ),
  ];
}

function judgePeer(peer: PeerStatus, { file }: DaemonConfig): readonly DoctorFinding[] {
  const registration = judgeRegistration(peer);
  if (file["peer-exits"] === undefined) return [registration];
  const hasLocal = file["local-exit"] !== undefined;
  return [registration, judgeExits(peer.exits, file["peer-exits"].count, hasLocal), ...peer.exits.map(judgePath)];
}

function judgeRegistration({ registration, coordinator }: PeerStatus): DoctorFinding {
  const { host, seconds, problem } = coordinator;
  if (registration === "registered") {
    return found(
      "ok",
      "registration",
      `${host} has verified that the prefix is routed to this host, and has registered it.`,
    );
  }
  if (registration === "offline") {
    const why = problem === undefined ? "" : `: ${problem}`;
    return found(
      "warn",
      "registration",
      `v6peerd has had no connection to ${host} for ${formatDuration(seconds)}${why}.`,
    );
  }
  const what = {
    asked: "Registration of the prefix is in progress",
    challenged: "The coordinator is waiting for the answers to its test datagrams",
    pausing: "The coordinator refused the prefix; v6peerd will retry",
  }[registration];
  return found("warn", "registration", `${what} (${registration}).`);
}

type Exit = PeerStatus["exits"][number];

function judgeExits(exits: readonly Exit[], wanted: number, hasLocal: boolean): DoctorFinding {
  const up = exits.filter(({ state }) => state === "up").length;
  const local = hasLocal ? "; the local exit carries the rest" : "";
  if (up === 0) {
    const severity = hasLocal ? "warn" : "error";
    return found(severity, "exits", `No peer exit is up (${exits.length} known, ${wanted} configured)${local}.`);
  }
  if (up >= wanted) return found("ok", "exits", `All ${wanted} configured peer exits are up.`);
  return found("info", "exits", `${up} of ${wanted} configured peer exits are up${local}.`);
}

function judgePath({ exit, state, cause, sinceMs, rtt, loss, data, isDraining, isAway }: Exit): DoctorFinding {
  const time = rtt === undefined ? "" : `, ${rtt.toFixed(1)} ms`;
  const lost = loss === undefined || loss === 0 ? "" : `, ${(loss * 100).toFixed(0)} % lost`;
  const remarks = `${isDraining ? ", draining" : ""}${isAway ? ", its IPv4 peer is disconnected" : ""}`;
  const since = `for ${formatDuration(sinceMs / 1000)}`;
  const message = `Exit ${exit}: the path is ${state} ${since}${time}${lost}${remarks}`;
  if (state === "up" && data.lost.length > 0) {
    return found("warn", "exit-path", `${message}. Probes are answered, but data is lost (${data.lost.join(", ")}).`);
  }
  if (state === "up") return found((loss ?? 0) >= LOSSY ? "warn" : "ok", "exit-path", `${message}.`);
  return found(state === "down" ? "warn" : "info", "exit-path", `${message} (${cause}).`);
}

/** The loss of probes that counts as a problem. */
const LOSSY = 0.1;

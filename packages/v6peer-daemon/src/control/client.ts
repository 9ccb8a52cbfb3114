/** The client of `v6peerd`'s control socket. Loads neither the data path nor its addon, so any Node program can use it. */
import type { BanRequest, ListedBan, UnbanRequest } from "@nat64/daemon-kit/bans";
import { ControlClient } from "@nat64/daemon-kit/control";
import type { SessionRecord } from "@nat64/nat64-engine";
import type { SharedPrefix } from "@nat64/peer-protocol";
import type { SetBandwidth } from "./bandwidth.ts";
import type { Answers, DrainRequest, Method, SessionFilter } from "./protocol.ts";

export { type ControlErrorCode, DaemonError, type DaemonErrorCode } from "@nat64/daemon-kit/control";
export type { SessionRecord } from "@nat64/nat64-engine";
export type { BandwidthStatus, SetBandwidth } from "./bandwidth.ts";
export type {
  Answers,
  BansStatus,
  DrainReport,
  DrainRequest,
  Method,
  PeerStatus,
  ReloadReport,
  SessionFilter,
  SharedPrefix,
  Status,
} from "./protocol.ts";

/** Default path of the control socket. */
export const DEFAULT_SOCKET = "/run/v6peer/control.sock";

/** Requests with methods of their own. */
type Asked = "sessions" | "prefixes" | "drain" | "cancel-drain" | "set-bandwidth" | "ban" | "unban" | "bans";

/** A connection to a running daemon. One request at a time. */
export class DaemonClient {
  readonly #client: ControlClient;

  private constructor(client: ControlClient) {
    this.#client = client;
  }

  /** Connects. Rejects with a `DaemonError`. */
  static async connect(path: string = DEFAULT_SOCKET): Promise<DaemonClient> {
    return new DaemonClient(await ControlClient.connect(path, { name: "v6peerd", command: "systemctl start v6peerd" }));
  }

  /** Sends a request without parameters. Rejects with a `DaemonError`. */
  ask<Each extends Exclude<Method, Asked>>(method: Each): Promise<Answers[Each]> {
    return this.#client.ask(method) as Promise<Answers[Each]>;
  }

  /** Sets rates at run time. Rejects with a `DaemonError`. */
  setBandwidth(order: SetBandwidth): Promise<Answers["set-bandwidth"]> {
    return this.#client.ask("set-bandwidth", order) as Promise<Answers["set-bandwidth"]>;
  }

  /** Drains everything, or an exit. Rejects with a `DaemonError`. */
  drain(request: DrainRequest): Promise<Answers["drain"]> {
    return this.#client.ask("drain", request) as Promise<Answers["drain"]>;
  }

  /** Cancels a drain. Rejects with a `DaemonError`. */
  cancelDrain(request: Pick<DrainRequest, "exit">): Promise<Answers["cancel-drain"]> {
    return this.#client.ask("cancel-drain", request) as Promise<Answers["cancel-drain"]>;
  }

  /** Bans a client, a destination or an exit. Rejects with a `DaemonError`. */
  ban(request: BanRequest): Promise<Answers["ban"]> {
    return this.#client.ask("ban", request) as Promise<Answers["ban"]>;
  }

  /** Lifts a ban. Rejects with a `DaemonError`. */
  unban(request: UnbanRequest): Promise<Answers["unban"]> {
    return this.#client.ask("unban", request) as Promise<Answers["unban"]>;
  }

  /** Lists bans: `onPart` gets them in several parts. Rejects with a `DaemonError`. */
  bans(onPart: (bans: readonly ListedBan[]) => void): Promise<Answers["bans"]> {
    const answer = this.#client.ask("bans", {}, (part) => onPart(part as readonly ListedBan[]));
    return answer as Promise<Answers["bans"]>;
  }

  /** Lists sessions: `onRows` gets them slice by slice. Rejects with a `DaemonError`. */
  sessions(filter: SessionFilter, onRows: (rows: readonly SessionRecord[]) => void): Promise<Answers["sessions"]> {
    const answer = this.#client.ask("sessions", filter, (part) => onRows(part as readonly SessionRecord[]));
    return answer as Promise<Answers["sessions"]>;
  }

  /** Lists the coordinator's shared prefixes: `onPage` gets them page by page. Rejects with a `DaemonError`. */
  prefixes(onPage: (page: readonly SharedPrefix[]) => void): Promise<Answers["prefixes"]> {
    const answer = this.#client.ask("prefixes", {}, (part) => onPage(part as readonly SharedPrefix[]));
    return answer as Promise<Answers["prefixes"]>;
  }

  /** Ends the connection. */
  close(): void {
    this.#client.close();
  }
}

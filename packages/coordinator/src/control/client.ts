/** Asks a running nat64-coordinator. */
import { ControlClient } from "@nat64/daemon-kit/control";
import type { Answers, PeerStatus, PeersRequest, Status } from "./protocol.ts";

/** A connection to a running `nat64-coordinator`. Handles one request at a time; every method rejects with a `DaemonError`. */
export class CoordinatorClient {
  readonly #client: ControlClient;

  private constructor(client: ControlClient) {
    this.#client = client;
  }

  static async connect(path: string): Promise<CoordinatorClient> {
    const name = { name: "nat64-coordinator", command: "systemctl start nat64-coordinator" };
    return new CoordinatorClient(await ControlClient.connect(path, name));
  }

  status(): Promise<Status> {
    return this.#client.ask("status") as Promise<Status>;
  }

  /** @param onPeers gets the peers in pieces, in order */
  peers(request: PeersRequest, onPeers: (peers: readonly PeerStatus[]) => void): Promise<Answers["peers"]> {
    const onPart = (part: unknown) => onPeers(part as readonly PeerStatus[]);
    return this.#client.ask("peers", request, onPart) as Promise<Answers["peers"]>;
  }

  reload(): Promise<Answers["reload"]> {
    return this.#client.ask("reload") as Promise<Answers["reload"]>;
  }

  close(): void {
    this.#client.close();
  }
}

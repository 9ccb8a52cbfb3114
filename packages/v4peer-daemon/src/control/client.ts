/** Asks a running v4peer. */
import { ControlClient } from "@nat64/daemon-kit/control";
import type { Answers, DrainRequest, Status, UnpairRequest } from "./protocol.ts";

/** A connection to a running `v4peer`. Asks one thing at a time; everything rejects with a `DaemonError`. */
export class V4PeerClient {
  readonly #client: ControlClient;

  private constructor(client: ControlClient) {
    this.#client = client;
  }

  static async connect(path: string): Promise<V4PeerClient> {
    return new V4PeerClient(await ControlClient.connect(path, { name: "v4peer", command: "systemctl start v4peer" }));
  }

  status(): Promise<Status> {
    return this.#client.ask("status") as Promise<Status>;
  }

  drain(request: DrainRequest): Promise<Answers["drain"]> {
    return this.#client.ask("drain", request) as Promise<Answers["drain"]>;
  }

  unpair(request: UnpairRequest): Promise<Answers["unpair"]> {
    return this.#client.ask("unpair", request) as Promise<Answers["unpair"]>;
  }

  close(): void {
    this.#client.close();
  }
}

/** The state of the `v4peer` whose control socket is at a path. Rejects with a `DaemonError`. */
export async function askStatus(path: string): Promise<Status> {
  const client = await V4PeerClient.connect(path);
  try {
    return await client.status();
  } finally {
    client.close();
  }
}

/** Peer exits in the main thread: the connection to the coordinator, the files and the log. The machine is in the data path. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CoordinatorLink, type CoordinatorStatus } from "@nat64/daemon-kit/coordinator";
import { openUdpSocket, type UdpSocket } from "@nat64/packet-io/udp";
import type { PeerEvent, V6PeerOutput } from "@nat64/peer-machines";
import { shortPeerId } from "@nat64/peer-protocol";
import { type Identity, loadIdentity } from "@nat64/peer-protocol/node";
import type { Logger } from "pino";
import type { Rates } from "../bandwidth/rates.ts";
import type { ConfigFile } from "../config/config-file.ts";
import type { DataPath } from "../data-path/main-thread/data-path.ts";
import type { CoordinatorNews, PeerExitsOptions } from "../data-path/messages/peer-exits.ts";
import { VERSION } from "../version.ts";
import { readSelectors, writeSelectors } from "./selector-file.ts";
import { settingsOf } from "./settings.ts";
import { SharedPrefixes } from "./shared-prefixes.ts";

/** Size of the built-in relay's socket buffers, for bursts from many peers. */
const RELAY_BUFFER_BYTES = 4 * 1024 * 1024;

export class PeerExits {
  readonly #log: Logger;
  readonly #identity: Identity;
  readonly #selectorFile: string;
  readonly #identityFile: string;
  readonly #link: CoordinatorLink;
  readonly #socket: UdpSocket | undefined;
  /** The coordinator's list of shared prefixes. */
  readonly shared: SharedPrefixes;
  #file: ConfigFile;
  #rates: Rates | undefined;
  #banned: readonly string[] = [];
  #dataPath: DataPath | undefined;

  /** Creates the state directory and the identity if they do not exist. Throws an `Error` with a sentence if it cannot. */
  constructor(file: ConfigFile, log: Logger, rates?: Rates, banned: readonly string[] = []) {
    this.#rates = rates;
    this.#banned = banned;
    const { coordinator, "peer-exits": peers } = file;
    if (coordinator === undefined) throw new Error("no coordinator is configured");
    this.#file = file;
    this.#log = log;
    mkdirSync(coordinator.state, { recursive: true, mode: 0o700 });
    this.#identityFile = join(coordinator.state, "identity.pem");
    this.#selectorFile = join(coordinator.state, "selectors.json");
    this.#identity = loadIdentity(this.#identityFile);
    const { host, invite } = coordinator;
    this.#link = new CoordinatorLink(
      {
        role: "v6peer",
        address: coordinator,
        identity: this.#identity,
        software: `v6peerd ${VERSION}`,
        invite,
      },
      {
        opened: ({ software }) => {
          this.#log.info({ coordinator: host, software }, "connected to the coordinator");
          this.#forward({ type: "opened" });
        },
        message: (message) => {
          if (!this.shared.receiveMessage(message)) this.#forward({ type: "message", message });
        },
        lost: ({ cause, message, code, retryMs }) => {
          this.#log.warn(
            { coordinator: host, cause, reason: message, code, retryMs },
            "no connection to the coordinator",
          );
          this.shared.lost();
          this.#forward({ type: "lost" });
        },
        unusable: (code) => this.#log.warn({ code }, "ignored an invalid message from the coordinator"),
      },
    );
    this.shared = new SharedPrefixes(
      (question) => this.#link.send(question),
      () => this.#link.status.state === "open",
    );
    this.#socket = peers?.relay === "builtin" ? openRelaySocket(peers) : undefined;
  }

  /** Peer id of this IPv6 peer. */
  get peerId(): string {
    return this.#identity.peerId;
  }

  get coordinator(): CoordinatorStatus {
    return this.#link.status;
  }

  /** Options of the data path's part. */
  get options(): PeerExitsOptions {
    const { prefix, lab, "peer-exits": peers } = this.#file;
    return {
      identity: this.#identityFile,
      prefix,
      lab,
      settings: settingsOf(this.#file, this.#rates, this.#banned),
      selectors: readSelectors(this.#selectorFile),
      ...(this.#socket !== undefined &&
        peers !== undefined && {
          relay: { udp: this.#socket.handle, address: peers["relay-address"] ?? "", serves: peers.serves },
        }),
    };
  }

  /** Carries out the outputs of the machine in the data path. */
  carryOut(outputs: readonly V6PeerOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "send-message") this.#link.send(output.message);
      else if (output.kind === "store-selectors") this.#saveSelectors(output.selectors);
      else if (output.kind === "event") this.#logEvent(output.event);
    }
  }

  /** Connects to the coordinator. Called once packets flow. */
  start(dataPath: DataPath): void {
    this.#dataPath = dataPath;
    this.#link.start();
  }

  /** Applies changed settings. @param rates the rates in force; those of the file if left out */
  reload(file: ConfigFile, rates?: Rates): void {
    this.#file = file;
    this.#rates = rates;
    this.#forward({ type: "settings", settings: settingsOf(file, rates, this.#banned) });
  }

  /** Bans these IPv4 peers, and no others: pairs with them end. Rejects if the data path does not answer. @param banned peer ids */
  async ban(banned: readonly string[]): Promise<void> {
    if (isDeepStrictEqual(banned, this.#banned)) return;
    this.#banned = banned;
    const settings = settingsOf(this.#file, this.#rates, banned);
    await this.#dataPath?.updatePeerExits({ type: "settings", settings });
  }

  /** Closes the connection to the coordinator gracefully. */
  async stop(): Promise<void> {
    await this.#link.stop();
  }

  /** Closes the relay's socket, which the data path used. */
  close(): void {
    this.#socket?.close();
  }

  #forward(news: CoordinatorNews): void {
    this.#dataPath?.updatePeerExits(news).catch((error: Error) => {
      this.#log.debug({ reason: error.message }, "the data path did not accept news of the coordinator");
    });
  }

  #saveSelectors(selectors: Parameters<typeof writeSelectors>[1]): void {
    try {
      writeSelectors(this.#selectorFile, selectors);
    } catch (error) {
      this.#log.error({ file: this.#selectorFile, reason: (error as Error).message }, "could not save the selectors");
    }
  }

  #logEvent(event: PeerEvent["event"]): void {
    const { name, ...rest } = event;
    const fields = "peer" in rest ? { ...rest, peer: shortPeerId(rest.peer) } : rest;
    if (name === "not-registered") this.#log.warn(fields, "the prefix is not registered");
    else this.#log.info(fields, SENTENCES[name]);
  }
}

const SENTENCES: Readonly<Record<Exclude<PeerEvent["event"]["name"], "not-registered">, string>> = {
  registered: "the prefix is registered",
  paired: "paired with an IPv4 peer",
  declined: "a proposed pair was declined",
  unpaired: "a pair has ended",
  draining: "an exit is draining",
  "sessions-ended": "the sessions of an exit have ended",
  path: "the state of a path has changed",
  "data-lost": "an exit answers probes, but data of clients does not come back; new clients use other exits",
  "data-back": "data of clients comes back through an exit again",
};

function openRelaySocket(peers: NonNullable<ConfigFile["peer-exits"]>): UdpSocket {
  return openUdpSocket({
    address: peers["relay-address"] ?? "0.0.0.0",
    port: peers["relay-port"],
    receiveBuffer: RELAY_BUFFER_BYTES,
    sendBuffer: RELAY_BUFFER_BYTES,
  });
}

import type { PreparedChange } from "../program/index.ts";
import { explainError } from "../system/index.ts";

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What can listen. */
export interface ClosableServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A server, or none, that a reload can move to another address. */
export class MovableServer<Server extends ClosableServer> {
  readonly #key: string;
  readonly #open: (address: ServerAddress) => Promise<Server>;
  #address: ServerAddress | undefined;
  #server: Server | undefined;

  /**
   * @param key of the address in the configuration, for messages
   * @param open listens; rejects when the address is taken or not this host's
   */
  constructor(key: string, open: (address: ServerAddress) => Promise<Server>) {
    this.#key = key;
    this.#open = open;
  }

  /** The port it listens on; `undefined` when there is no server. */
  get port(): number | undefined {
    return this.#server?.port;
  }

  /** Listens. Rejects when it cannot. @param address left out, there is no server */
  async start(address: ServerAddress | undefined): Promise<void> {
    this.#use(await this.#tryOpen(address), address);
  }

  /** Opens a server at another address, or none. The old one answers until the change is committed. */
  async prepareMove(to: ServerAddress | undefined): Promise<PreparedChange> {
    const isInTheWay = this.#server !== undefined && to !== undefined && to.port === this.#address?.port;
    if (isInTheWay) return this.#prepareInPlace(to);
    const opened = await this.#tryOpen(to);
    return {
      commit: async () => {
        await this.close();
        this.#use(opened, to);
      },
      cancel: () => opened?.close(),
    };
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** The same port at another address of this host, which may include the old one: the old server has to close first. */
  async #prepareInPlace(to: ServerAddress): Promise<PreparedChange> {
    const before = this.#address;
    const reopen = async () => this.#use(await this.#tryOpen(before), before);
    await this.close();
    let opened: Server | undefined;
    try {
      opened = await this.#tryOpen(to);
    } catch (error) {
      const again = await reopen().then(
        () => "",
        (failure: Error) => `\n${failure.message}`,
      );
      throw new Error(`${(error as Error).message}${again}`, { cause: error });
    }
    return {
      commit: () => this.#use(opened, to),
      cancel: async () => {
        await opened?.close();
        await reopen();
      },
    };
  }

  #use(server: Server | undefined, address: ServerAddress | undefined): void {
    this.#server = server;
    this.#address = address;
  }

  async #tryOpen(address: ServerAddress | undefined): Promise<Server | undefined> {
    if (address === undefined) return undefined;
    try {
      return await this.#open(address);
    } catch (error) {
      throw new Error(`${this.#key}: ${explainError(error)}`, { cause: error });
    }
  }
}

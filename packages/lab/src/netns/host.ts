import { type CommandOptions, must, type Outcome, run } from "./command.ts";
import { HostProcess } from "./process.ts";
import { namespaceName } from "./run-id.ts";

/** Packets and bytes that an interface received and sent. */
export interface LinkCounters {
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  readonly sentPackets: number;
  readonly sentBytes: number;
}

interface LinkJson {
  readonly operstate: string;
  readonly stats64: {
    readonly rx: { packets: number; bytes: number };
    readonly tx: { packets: number; bytes: number };
  };
}

/** A host of the lab: a network namespace with its own interfaces, routes, sysctls and processes. */
export class Host {
  readonly name: string;
  /** The name of its namespace, as `ip netns` shows it. */
  readonly namespace: string;
  readonly #directory: string;
  #started = 0;

  /** Use `Lab.host`. */
  constructor(runId: string, name: string, directory: string) {
    this.name = name;
    this.namespace = namespaceName(runId, name);
    this.#directory = directory;
  }

  /** The complete command line that runs `argv` in this host. */
  enter(argv: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.namespace, ...argv];
  }

  /** Runs a program in this host to its end and returns the outcome. */
  run(argv: readonly string[], options?: CommandOptions): Promise<Outcome> {
    return run(this.enter(argv), options);
  }

  /** Runs a program in this host that must succeed, and returns its output. */
  must(argv: readonly string[], options?: CommandOptions): Promise<string> {
    return must(this.enter(argv), options);
  }

  /** Starts a program in this host in the background. It ends with the lab, or by its `stop`. */
  start(argv: readonly string[]): Promise<HostProcess> {
    this.#started += 1;
    const program = argv[0].split("/").at(-1);
    return HostProcess.start(this.enter(argv), `${this.#directory}/${this.name}-${this.#started}-${program}`);
  }

  /** Runs `ip` with these arguments (one string, separated by blanks) in this host. */
  ip(command: string): Promise<string> {
    return must(["ip", "-n", this.namespace, ...command.split(" ")]);
  }

  /** Sets sysctls, by their name with dots or slashes. */
  async sysctl(settings: Readonly<Record<string, string | number>>): Promise<void> {
    const lines = Object.entries(settings).map(
      ([key, value]) => `echo ${value} > /proc/sys/${key.replaceAll(".", "/")}`,
    );
    await this.must(["sh", "-ec", lines.join("\n")]);
  }

  /** Adds an address with its prefix length. IPv6 ones are usable at once: no duplicate address detection. */
  async addAddress(device: string, address: string): Promise<void> {
    await this.ip(`address add ${address} dev ${device}${address.includes(":") ? " nodad" : ""}`);
  }

  /** Adds a route; `default` depends on the family of the gateway. */
  async addRoute(destination: string, gateway: string): Promise<void> {
    await this.ip(`${gateway.includes(":") ? "-6 " : "-4 "}route add ${destination} via ${gateway}`);
  }

  /** Enables forwarding for both families. */
  async forward(): Promise<void> {
    await this.sysctl({ "net/ipv4/ip_forward": 1, "net/ipv6/conf/all/forwarding": 1 });
  }

  /** Whether the interface is up and has a carrier. */
  async isUp(device: string): Promise<boolean> {
    return (await this.#link(device)).operstate === "UP";
  }

  /** The counters of an interface since it was created. */
  async counters(device: string): Promise<LinkCounters> {
    const { rx, tx } = (await this.#link(device)).stats64;
    return { receivedPackets: rx.packets, receivedBytes: rx.bytes, sentPackets: tx.packets, sentBytes: tx.bytes };
  }

  async #link(device: string): Promise<LinkJson> {
    return JSON.parse(await this.ip(`-json -statistics link show dev ${device}`))[0];
  }
}

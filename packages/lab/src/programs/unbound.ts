/** Unbound as Debian ships it: a resolver that knows where to ask for one zone. */
import { writeFileSync } from "node:fs";
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";
import type { HostProcess } from "../netns/process.ts";

/** A resolver that is configured but need not run. */
export interface Unbound {
  readonly configFile: string;
  /** A shell command that makes it read its configuration again. */
  readonly reload: string;
  start(): Promise<HostProcess>;
}

/** Options of the resolver. */
export interface UnboundOptions {
  /** Where it listens, on port 53. */
  readonly ipv6: string;
  /** A zone, and the address and port of its server: `::1@5300`. */
  readonly stub: { readonly zone: string; readonly server: string };
  /** A file that is included. */
  readonly include: string;
  /** Distinguishes it from others on the same host. Default "unbound". */
  readonly name?: string;
}

/** Writes its configuration. */
export function prepareUnbound(
  lab: Lab,
  host: Host,
  { ipv6, stub, include, name = "unbound" }: UnboundOptions,
): Unbound {
  const configFile = `${lab.directory}/${host.name}-${name}.conf`;
  writeFileSync(
    configFile,
    `server:
  username: ""
  chroot: ""
  directory: "${lab.directory}"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  num-threads: 1
  interface: ${ipv6}
  access-control: ::/0 allow
  do-not-query-localhost: no
  domain-insecure: "${stub.zone}"
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "${lab.directory}/${name}.sock"
stub-zone:
  name: "${stub.zone}"
  stub-addr: ${stub.server}
include: "${include}"
`,
  );
  return {
    configFile,
    reload: `unbound-control -c ${configFile} reload`,
    start: async () => {
      const process = await host.start(["unbound", "-d", "-c", configFile]);
      await process.waitFor(/start of service/);
      return process;
    },
  };
}

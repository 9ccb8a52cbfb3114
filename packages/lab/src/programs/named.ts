/** BIND 9 as Debian ships it: a server for a zone, and a resolver. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";
import type { HostProcess } from "../netns/process.ts";

/** A server that is configured but need not run. */
export interface Named {
  readonly configFile: string;
  /** A shell command that makes it read its configuration again. */
  readonly reconfig: string;
  start(): Promise<HostProcess>;
}

/** Options of the server. */
export interface NamedOptions {
  /** Where it listens. */
  readonly ipv6: string;
  readonly port?: number;
  readonly zone: { readonly name: string; readonly records: readonly string[] };
  /** A file that is included in its options. */
  readonly include?: string;
}

const CONTROL_PORT = 9953;

/** Writes its configuration. */
export function prepareNamed(lab: Lab, host: Host, options: NamedOptions): Named {
  const { ipv6, port = 53, zone, include } = options;
  const file = `${lab.directory}/${host.name}-named`;
  const key = `key "lab" { algorithm hmac-sha256; secret "${randomBytes(32).toString("base64")}"; };\n`;
  writeFileSync(`${file}.zone`, zoneText(zone.records));
  writeFileSync(
    `${file}.rndc`,
    `${key}options { default-key "lab"; default-server ::1; default-port ${CONTROL_PORT}; };\n`,
  );
  writeFileSync(
    `${file}.conf`,
    `${key}
controls { inet ::1 port ${CONTROL_PORT} allow { ::1; } keys { "lab"; }; };
options {
  directory "${lab.directory}";
  pid-file none;
  session-keyfile none;
  managed-keys-directory "${lab.directory}";
  listen-on { none; };
  listen-on-v6 port ${port} { ${ipv6}; };
  allow-query { any; };
  recursion yes;
  dnssec-validation no;
  ${include === undefined ? "" : `include "${include}";`}
};
zone "${zone.name}" { type primary; file "${file}.zone"; };
`,
  );
  return {
    configFile: `${file}.conf`,
    reconfig: `rndc -c ${file}.rndc reconfig`,
    start: async () => {
      const process = await host.start(["named", "-g", "-n", "1", "-c", `${file}.conf`]);
      await process.waitFor(/\brunning$/m);
      return process;
    },
  };
}

function zoneText(records: readonly string[]): string {
  return `$TTL 30\n@ SOA ns hostmaster 1 3600 600 86400 5\n@ NS ns\nns AAAA ::1\n${records.join("\n")}\n`;
}

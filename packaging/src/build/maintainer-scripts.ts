/** The scripts that dpkg runs: the same for all packages, but for names and questions. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { DEBIAN } from "./places.ts";

/** What is different. */
interface Differences {
  readonly FILE: string;
  readonly NAMES: string;
  readonly GECOS: string;
  readonly SERVICE: string;
  readonly SYSCTL: string;
}

const DIFFERENCES: Readonly<Record<string, Differences>> = {
  v6peer: {
    FILE: "/etc/v6peer/v6peer.toml",
    NAMES: "prefix bandwidth local-exit coordinator pin abuse listed",
    GECOS: "IPv6 peer of a NAT64",
    SERVICE: "v6peerd",
    SYSCTL: `# For interfaces that come from now on; at the next start systemd does it.
  sysctl --quiet --ignore -p /usr/lib/sysctl.d/60-v6peer.conf || true`,
  },
  v4peer: {
    FILE: "/etc/v4peer/v4peer.toml",
    NAMES: "coordinator pin policy publish bandwidth",
    GECOS: "IPv4 peer of a NAT64",
    SERVICE: "v4peer",
    SYSCTL: "",
  },
  "nat64-coordinator": {
    FILE: "/etc/nat64-coordinator/coordinator.toml",
    NAMES: "primary secondary source",
    GECOS: "coordinator of a NAT64",
    SERVICE: "nat64-coordinator",
    SYSCTL: "",
  },
};

/** Writes config, postinst and postrm of a package into a `debian` folder. */
export function writeMaintainerScripts(name: string, folder: string): void {
  const shell = (file: string): string => readFileSync(`${DEBIAN}/${file}`, "utf8").trimEnd();
  const questions = `${shell("questions.sh")}\n\n${shell(`${name}.questions.sh`)}`;
  for (const script of ["config", "postinst", "postrm"]) {
    let text = readFileSync(`${DEBIAN}/${script}.in`, "utf8").replace("#QUESTIONS#", () => questions);
    for (const [key, value] of Object.entries({ PACKAGE: name, ...DIFFERENCES[name] })) {
      text = text.replaceAll(`@${key}@`, () => value);
    }
    writeFileSync(`${folder}/${name}.${script}`, text.replaceAll(/\n *\n( *\n)+/g, "\n\n"));
    chmodSync(`${folder}/${name}.${script}`, 0o755);
  }
}

// Some packages contain a service that is started at installation and at every boot. The lab runs these programs in its own
// namespaces; they must not run on the machine itself.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { note } from "./say.mjs";

/** What Debian's maintainer scripts ask before they start a service; exit code 101 forbids it. */
const POLICY = "/usr/sbin/policy-rc.d";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Returns what `install` returns, which must not end the process. While it runs none of these services may be started, and
 * no boot will start them.
 */
export function withoutStarting(services, install) {
  if (services.length === 0) return install();
  const mine = !existsSync(POLICY); // somebody else's may forbid more than ours
  const ignore = () => {}; // a signal ends apt-get, not us: the policy has to go
  for (const signal of SIGNALS) process.on(signal, ignore);
  if (mine) writeFileSync(POLICY, policyAgainst(services), { mode: 0o755 });
  try {
    return install();
  } finally {
    if (mine) rmSync(POLICY, { force: true });
    for (const service of services) disable(service);
    for (const signal of SIGNALS) process.off(signal, ignore);
  }
}

function policyAgainst(services) {
  const names = services.flatMap((name) => [name, `${name}.service`]);
  return `#!/bin/sh
# Exists only while packages are installed for the NAT64 lab.
case "$1" in ${names.join("|")}) exit 101 ;; esac
exit 0
`;
}

/** For both System V init and systemd; what was installed by others keeps its state, since we are not called for it. */
function disable(service) {
  if (!existsSync(`/etc/init.d/${service}`)) return;
  spawnSync("update-rc.d", [service, "disable"], { stdio: "ignore" });
  note(`disabled the service ${service}; to enable it: update-rc.d ${service} enable`);
}

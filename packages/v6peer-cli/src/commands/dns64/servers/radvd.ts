/**
 * radvd from 2.20 on: `nat64prefix`, the PREF64 option of Router Advertisements (RFC 8781), by which hosts with a
 * translator of their own (464XLAT) or a DNS64 of their own learn prefixes. Older versions report a syntax error.
 */
import { UsageError } from "@nat64/daemon-kit/command-line";
import type { Dns64Plan, Dns64Server } from "./server.ts";

export const radvd: Dns64Server = {
  name: "radvd",
  most: 3,
  file: "/etc/radvd.conf",
  check: "radvd --logmethod stderr --configtest",
  reload: "systemctl reload radvd",
  usage: [
    "This needs radvd 2.20 or newer. radvd cannot include files: use this as radvd.conf, or mark a place in yours.",
  ],
  whole: (plan) => [
    `interface ${nameOf(plan)} {`,
    "    AdvSendAdvert on;",
    ...options(plan).map((line) => `    ${line}`),
    "};",
  ],
  part: options,
};

function nameOf({ interface: name }: Dns64Plan): string {
  if (name !== undefined) return name;
  throw new UsageError("radvd needs the interface on which it advertises. Use --interface NAME");
}

/** Three times the longest interval between two advertisements, as RFC 8781 §4.1 proposes. */
const LIFETIME_SECONDS = 1800;

/** Hosts remove a prefix whose lifetime is 0 (RFC 8781 §5); otherwise they would keep it for half an hour. */
function options({ prefixes, withdrawn }: Dns64Plan): readonly string[] {
  return [
    ...prefixes.map((prefix) => `nat64prefix ${prefix} { AdvValidLifetime ${LIFETIME_SECONDS}; };`),
    ...withdrawn.map((prefix) => `nat64prefix ${prefix} { AdvValidLifetime 0; };`),
  ];
}

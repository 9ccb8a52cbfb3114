/**
 * Unbound: one `dns64-prefix` for all clients. A second one silently replaces the first, views and tags cannot have their
 * own, and the module cannot run twice (1.17). So it gets the first prefix that works, and another one when that fails.
 */
import type { Dns64Server } from "./server.ts";

export const unbound: Dns64Server = {
  name: "unbound",
  most: 1,
  file: "/etc/unbound/unbound.conf.d/v6peer-dns64.conf",
  check: "unbound-checkconf",
  // Also empties the cache, which is necessary because it contains synthesized answers.
  reload: "unbound-control reload",
  usage: ["Debian's unbound reads all files in /etc/unbound/unbound.conf.d. On other systems, include this file."],
  whole: lines,
  part: lines,
};

function lines({ prefixes: [prefix] }: { readonly prefixes: readonly string[] }): readonly string[] {
  if (prefix === undefined) return ["# No prefix is in use."];
  return [
    "server:",
    "    # dns64 must be the first module. If you use more modules, add them here.",
    '    module-config: "dns64 validator iterator"',
    `    dns64-prefix: ${prefix}`,
  ];
}

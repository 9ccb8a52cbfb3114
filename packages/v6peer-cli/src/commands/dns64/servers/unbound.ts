/**
 * Unbound: one `dns64-prefix`, for all clients. A second one replaces the first without a word, views and tags have none of
 * their own, and it refuses to run the module twice (1.17). So it gets the first prefix that works, and another one when
 * that fails.
 */
import type { Dns64Server } from "./server.ts";

export const unbound: Dns64Server = {
  name: "unbound",
  most: 1,
  file: "/etc/unbound/unbound.conf.d/v6peer-dns64.conf",
  check: "unbound-checkconf",
  // Empties the cache, as it has to: synthesized answers are in it.
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

/** What people have to know before and while it runs, in sentences, on standard error. Logs are elsewhere. */
import type { ConfigFile } from "../../config/file.ts";

const NOTHING = `
Nothing is forwarded: neither --internet nor --publish was given. What this host could offer is told below.
  --internet       lets others reach the IPv4 internet through this host
  --publish 443    makes this host's own service at TCP port 443 reachable from IPv6
`;

const INTERNET = `
--internet: strangers will reach the IPv4 internet through this host, with its public IPv4 address as theirs.
  - Complaints about what they do arrive at you, or at your provider. May your contract be used so?
    "v4peer abuse" tells whose a port was, and writes a reply.
  - They use your bandwidth: --bandwidth sets a limit.
  - They never reach your own network, this host, your router, or mail and file sharing ports (see exit.refused-tcp).
  - You can see where their packets go, as any router on the way can, but not who they are.
`;

const PUBLISH = `
--publish: whoever has IPv6 reaches these services of this host, from anywhere. The addresses are told once a pair is there.
`;

/** The sentences for a configuration. */
export function noticesOf({ exit }: ConfigFile): string {
  const { internet, publish, networks } = exit;
  if (!internet && publish.length + networks.length === 0) return NOTHING;
  return `${internet ? INTERNET : ""}${publish.length > 0 ? PUBLISH : ""}`;
}

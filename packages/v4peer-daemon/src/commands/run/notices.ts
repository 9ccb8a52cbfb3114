/** What people must know before and while it runs, as text on standard error. Logs go to standard output. */
import type { ConfigFile } from "../../config/config-file.ts";

const NOTHING = `
Nothing is forwarded, because neither --internet nor --publish was given. The log shows what this host could offer.
  --internet       lets others reach the IPv4 internet through this host
  --publish 443    makes this host's own service at TCP port 443 reachable from IPv6
`;

const INTERNET = `
--internet: strangers will reach the IPv4 internet through this host, and servers will see its public IPv4 address.
  - Complaints about what they do go to you, or to your provider. Does your provider's contract allow this?
    "v4peer abuse" says which IPv6 peer had a port, and writes a reply.
  - They use your bandwidth: cap it with --bandwidth.
  - They never reach your own network, this host, your router, or mail and file sharing ports (see exit.refused-tcp).
  - You can see where their packets go, as any router on the way can, but not who they are.
`;

const PUBLISH = `
--publish: anyone with IPv6 can reach these services of this host, from anywhere. The log shows their addresses once there
is a pair.
`;

/** The text for a configuration. */
export function noticesOf({ exit }: ConfigFile): string {
  const { internet, publish, networks } = exit;
  if (!internet && publish.length + networks.length === 0) return NOTHING;
  return `${internet ? INTERNET : ""}${publish.length > 0 ? PUBLISH : ""}`;
}

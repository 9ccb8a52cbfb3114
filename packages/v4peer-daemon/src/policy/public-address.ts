import { compilePool, formatIPv6, parseIPv4 } from "@nat64/rfc6052";
import type { LocalService } from "../host/firewall.ts";

/** How a published service is reached from IPv6, with its ports: `[P:selector:D]:443/tcp` (design §3). */
export function publicAddress(prefix: string, selector: number, service: LocalService): string {
  const { w0, w1, w2 } = compilePool(prefix);
  const { alias, address, protocol, firstPort, lastPort } = service;
  const text = formatIPv6([w0, w1, w2 | selector, parseIPv4(alias ?? address)], true);
  return `[${text}]:${firstPort === lastPort ? firstPort : `${firstPort}-${lastPort}`}/${protocol}`;
}

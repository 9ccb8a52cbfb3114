/** The ICMP error for each reason of a drop, by address family. Reasons that are not in the table are dropped silently. */
import { REASON_COUNT, Reason, type ReasonCode } from "../../drop-reasons.ts";

/** No error for this reason. */
export const NO_ERROR = -1;

type TypeAndCode = readonly [type: number, code: number];

const answers: Partial<Record<ReasonCode, { readonly ipv6?: TypeAndCode; readonly ipv4?: TypeAndCode }>> = {
  "hop-limit-exceeded": { ipv6: [3, 0], ipv4: [11, 0] }, // RFC 7915 §4.1, §5.1
  "packet-too-big": { ipv6: [2, 0], ipv4: [3, 4] }, // RFC 7915 §4.1, §5.1
  "source-route": { ipv6: [4, 0], ipv4: [3, 5] }, // RFC 7915 §4.1, §5.1
  "unsupported-protocol": { ipv6: [1, 4], ipv4: [3, 2] }, // RFC 6146 §3
  "own-address": { ipv6: [1, 4], ipv4: [3, 3] }, // RFC 4443 §3.1, RFC 1122 §3.2.2.1
  "refused-destination": { ipv6: [1, 1] }, // RFC 4443 §3.1: administratively prohibited
  "udp-zero-checksum": { ipv4: [3, 13] }, // RFC 7915 §4.4, §4.5
  "no-mapping": { ipv6: [1, 3], ipv4: [3, 1] },
  "no-binding": { ipv4: [3, 1] }, // RFC 6146 §3.5.1.2
  filtered: { ipv4: [3, 13] }, // RFC 6146 §3.5.1.2
  "tcp-syn-held": { ipv4: [3, 3] }, // RFC 6146 §3.5.2.2
  "no-exit": { ipv6: [1, 3] },
  "refused-by-policy": { ipv6: [1, 1] },
  // A hard error (RFC 5461 §2): every stack gives up at once and tries its next address. 1/3 is a soft error: many stacks
  // retry, and connected UDP sockets do not see it.
  draining: { ipv6: [1, 1], ipv4: [3, 13] },
  "budget-used": { ipv6: [1, 1], ipv4: [3, 13] },
  banned: { ipv6: [1, 1], ipv4: [3, 13] },
  "share-used": { ipv6: [1, 1] },
  "ports-exhausted": { ipv6: [1, 3] }, // RFC 6146 §3.5.1.1
  "bindings-full": { ipv6: [1, 3] },
  "sessions-full": { ipv6: [1, 3], ipv4: [3, 1] },
  "cap-sessions": { ipv6: [1, 3] },
  "cap-new-sessions": { ipv6: [1, 3] },
};

/** Type × 256 + code of the ICMPv6 error for each reason, or {@link NO_ERROR}. */
export const icmpv6Answer: Int16Array = compile("ipv6");

/** Type × 256 + code of the ICMPv4 error for each reason, or {@link NO_ERROR}. */
export const icmpv4Answer: Int16Array = compile("ipv4");

function compile(family: "ipv6" | "ipv4"): Int16Array {
  const compiled = new Int16Array(REASON_COUNT).fill(NO_ERROR);
  for (const [code, answer] of Object.entries(answers)) {
    const pair = answer[family];
    if (pair !== undefined) compiled[Reason[code as ReasonCode]] = (pair[0] << 8) | pair[1];
  }
  return compiled;
}

import { formatIPv4, formatIPv6, type Prefix } from "@nat64/rfc6052";
import type { SessionRecord } from "../session-record.ts";
import type { Nat64State } from "../state/nat64-state.ts";
import { PROTOCOL_NAMES } from "../state/protocol-index.ts";
import { SESSION_STATE_NAMES } from "../state/tcp-state.ts";

/** Writes a session of the table down for people. Allocates. */
export function describeSession(
  state: Nat64State,
  prefixes: readonly Prefix[],
  session: number,
  now: number,
): SessionRecord {
  const { bindings, sessions } = state;
  const binding = sessions.binding(session);
  const prefix = prefixes[sessions.via(session)];
  const remote = sessions.remoteAddress(session);
  const clientPort = bindings.clientPort(binding);
  const isIcmp = PROTOCOL_NAMES[bindings.protocol(binding)] === "icmp";
  const remotePort = isIcmp ? clientPort : sessions.remotePort(session);
  return {
    protocol: PROTOCOL_NAMES[bindings.protocol(binding)],
    client: { address: formatIPv6(words((i) => bindings.clientWord(binding, i))), port: clientPort },
    destination6: {
      address: formatIPv6([prefix.w0, prefix.embedW1(remote), prefix.embedW2(remote), prefix.embedW3(remote)]),
      port: remotePort,
    },
    pool: { address: formatIPv4(bindings.poolAddress(binding)), port: bindings.poolPort(binding) },
    destination: { address: formatIPv4(remote), port: isIcmp ? bindings.poolPort(binding) : remotePort },
    state: SESSION_STATE_NAMES[sessions.state(session)] || "none",
    expiresInSeconds: Math.max(0, Math.ceil(state.remaining(session, now) / 1000)),
  };
}

function words(get: (index: number) => number): [number, number, number, number] {
  return [get(0), get(1), get(2), get(3)];
}

/** The answers as a configuration file, with comments for who reads it later. */
import type { Answers, CoordinatorAnswers } from "./answers.ts";

/** The file; the daemon's own rules say whether it is good. */
export function renderConfig(answers: Answers): string {
  const blocks = [
    `# The configuration of v6peerd, the IPv6 peer, as "v6peer init" wrote it. v6peer.toml(5) and v6peer.example.toml have all
# keys. After a change: "v6peer check", then reload or restart v6peerd.`,
    `# The /80 that is given to NAT64. Its first /96 is the NAT64 prefix to put into a DNS64.
prefix = ${quote(answers.prefix)}`,
    answers.lab &&
      `# A laboratory: documentation addresses are allowed. Delete this line together with a documentation prefix.
lab = true`,
    answers.bandwidth !== undefined &&
      `# What clients may use each way, in bits per second.
bandwidth = ${quote(answers.bandwidth)}`,
    answers.exits !== "peers" && localExit(answers),
    answers.coordinator !== undefined && coordinator(answers.coordinator),
    answers.exits !== "local" && peerExits(answers),
  ];
  return `${blocks.filter((block) => block !== false).join("\n\n")}\n`;
}

function localExit({ pool }: Answers): string {
  if (pool.length === 0) {
    return `# IPv4 traffic leaves by this host's own IPv4 address.
[local-exit]
mode = "masquerade"`;
  }
  return `# IPv4 traffic leaves by these addresses, which have to be routed to this host.
[local-exit]
mode = "pool"
pool = [${pool.map(quote).join(", ")}]`;
}

function coordinator({ host, port, pin, ca, invite, abuse, listed }: CoordinatorAnswers): string {
  const lines = [
    `host = ${quote(host)}`,
    port !== undefined && `port = ${port}`,
    pin !== undefined &&
      `# The SHA-256 of its public key, as "nat64-coordinator --print-pin" says there.\npin = ${quote(pin)}`,
    ca !== undefined && `ca = ${quote(ca)}`,
    invite !== undefined && `invite = ${quote(invite)}`,
    `# Where to complain about what comes from the prefix; public if the prefix is listed.
abuse = ${quote(abuse)}`,
    `# Whether the prefix stands in the public list of prefixes.
listed = ${listed}`,
  ];
  return `# Who brings IPv6 peers and IPv4 peers together. It learns the prefix and who is paired with whom, never what is sent.
[coordinator]
${lines.filter((line) => line !== false).join("\n")}`;
}

function peerExits({ relay, relayAddress }: Answers): string {
  const lines =
    relay === "system"
      ? [`# The kernel routes 2001::/32 to a Teredo relay: the provider's, or one of your own (such as Miredo).`]
      : [`# v6peerd is the relay: UDP port 3545 of this public IPv4 address has to be open.`];
  lines.push(`relay = ${quote(relay)}`);
  if (relay === "builtin" && relayAddress !== undefined) lines.push(`relay-address = ${quote(relayAddress)}`);
  return `# IPv4 traffic leaves through IPv4 peers: ordinary machines behind ordinary NATs.
[peer-exits]
${lines.join("\n")}`;
}

/** A basic string of TOML: what JSON escapes, TOML escapes alike; DEL, which JSON leaves, TOML forbids. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

/** Renders the answers as a configuration file with comments. */
import type { Answers, CoordinatorAnswers } from "./answers.ts";

/** Renders the file, valid or not; see `judge.ts`. */
export function renderConfig(answers: Answers): string {
  const blocks = [
    `# Configuration of v6peerd, the IPv6 peer, written by "v6peer init". See v6peer.toml(5) and v6peer.example.toml for all
# keys. After a change, run "v6peer check", then reload or restart v6peerd.`,
    `# The /80 for NAT64. Its first /96 is the NAT64 prefix for a DNS64.
prefix = ${quote(answers.prefix)}`,
    answers.lab &&
      `# A lab: documentation addresses are allowed. Delete this line when you change to a real prefix.
lab = true`,
    answers.bandwidth !== undefined &&
      `# Bandwidth limit for each direction, in bits per second.
bandwidth = ${quote(answers.bandwidth)}`,
    answers.exits !== "peers" && localExit(answers),
    answers.coordinator !== undefined && coordinator(answers.coordinator),
    answers.exits !== "local" && peerExits(answers),
  ];
  return `${blocks.filter((block) => block !== false).join("\n\n")}\n`;
}

function localExit({ pool }: Answers): string {
  if (pool.length === 0) {
    return `# IPv4 traffic leaves through this host's own IPv4 address.
[local-exit]
mode = "masquerade"`;
  }
  return `# IPv4 traffic leaves with these addresses, which must be routed to this host.
[local-exit]
mode = "pool"
pool = [${pool.map(quote).join(", ")}]`;
}

function coordinator({ host, port, pin, ca, invite, abuse, listed }: CoordinatorAnswers): string {
  const lines = [
    `host = ${quote(host)}`,
    port !== undefined && `port = ${port}`,
    pin !== undefined && `# SHA-256 pin of its key (from "nat64-coordinator --print-pin").\npin = ${quote(pin)}`,
    ca !== undefined && `ca = ${quote(ca)}`,
    invite !== undefined && `invite = ${quote(invite)}`,
    `# Complaint contact for traffic from the prefix; public if the prefix is listed.
abuse = ${quote(abuse)}`,
    `# Whether the prefix is in the public list of prefixes.
listed = ${listed}`,
  ];
  return `# The coordinator pairs IPv6 peers with IPv4 peers. It knows the prefix and the pairs, but never sees the traffic.
[coordinator]
${lines.filter((line) => line !== false).join("\n")}`;
}

function peerExits({ relay, relayAddress }: Answers): string {
  const lines =
    relay === "system"
      ? [`# The kernel routes 2001::/32 to a Teredo relay: the provider's, or your own (such as Miredo).`]
      : [`# v6peerd is the relay. UDP port 3545 of this public IPv4 address must be open.`];
  lines.push(`relay = ${quote(relay)}`);
  if (relay === "builtin" && relayAddress !== undefined) lines.push(`relay-address = ${quote(relayAddress)}`);
  return `# IPv4 traffic leaves through IPv4 peers: ordinary machines behind ordinary NATs.
[peer-exits]
${lines.join("\n")}`;
}

/** A basic string of TOML. TOML escapes the same as JSON, and also forbids DEL. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

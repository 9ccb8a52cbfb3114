/** One packet through a stateless translator (RFC 7915): classification, both rewrites, ICMP errors. */
import { createEngine, type StatelessConfig } from "@nat64/nat64-engine";
import { checksumAt, checksumError } from "../packets/checksums.ts";
import { layoutOf } from "../packets/layout.ts";
import { PacketPort } from "../packets/port.ts";
import { repairPacket } from "../packets/repair.ts";
import { fromIPv4, fromIPv6, NET } from "../packets/seeds.ts";
import { mustHold, type Target } from "../target.ts";

const MAX_BYTES = 2048;
const TRANSPORTS: readonly number[] = [6, 17];
const CONFIG: StatelessConfig = {
  mode: "stateless",
  ownAddresses: { ipv6: NET.own6, ipv4: NET.own4 },
  prefixes: [NET.prefix],
  eam: [{ ipv4: "192.0.2.0/24", ipv6: "2001:db8:c1::/120" }],
  icmpErrors: { perSecond: 1_000_000, burst: 1_000_000 },
  allowSpecialPurpose: true,
};

const engine = createEngine(CONFIG, { random: () => 1 });
const port = new PacketPort(MAX_BYTES);

export const target: Target = {
  maxBytes: MAX_BYTES,
  seeds: [...fromIPv6(), ...fromIPv4()],
  repair: repairPacket,
  run(input) {
    const before = countersOf(engine);
    const sent = port.send(engine, input, 0);
    const { received, packets, dropped } = countersOf(engine);
    mustHold(received === before.received + 1, "a packet is counted once");
    mustHold(packets === before.packets + sent.length, "what is sent is counted");
    const drops = dropped - before.dropped;
    mustHold(drops === 0 || drops === 1, "a packet is dropped once");
    mustHold(sent.length > 0 || drops === 1, "a packet is sent or dropped");
    if (sent.length === 1 && drops === 0) mustKeepChecksum(input, sent[0]);
  },
};

/** Translation neither repairs nor breaks the checksum of TCP and UDP (RFC 1624). */
function mustKeepChecksum(input: Uint8Array, output: Uint8Array): void {
  const [before, after] = [layoutOf(input), layoutOf(output)];
  if (before === undefined || after === undefined || before.isFragment || after.isFragment) return;
  if (!TRANSPORTS.includes(before.protocol) || before.protocol !== after.protocol) return;
  const at = checksumAt(input, before);
  const isAbsent = at === undefined || (before.protocol === 17 && input[at] === 0 && input[at + 1] === 0);
  const length = input[0] >>> 4 === 4 ? input[2] * 256 + input[3] : 40 + input[4] * 256 + input[5];
  if (isAbsent) return;
  const packet = input.subarray(0, length);
  mustHold(checksumError(packet, before) === checksumError(output, after), "the transport checksum is kept");
}

function countersOf({ counters }: typeof engine): { received: number; packets: number; dropped: number } {
  return {
    received: counters.packetsFromIPv4 + counters.packetsFromIPv6,
    packets: counters.packetsToIPv4 + counters.packetsToIPv6,
    dropped: counters.drops.reduce((sum, count) => sum + count, 0),
  };
}

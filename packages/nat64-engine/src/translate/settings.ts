/** What the rewrites need to know beside the packet. Made once; one object for each engine. */
export class TranslateSettings {
  /** MTU of the link on each side, in bytes. */
  mtuIPv6 = 1500;
  mtuIPv4 = 1500;
  /** Whether a UDP checksum is computed for IPv4 packets that have none, instead of dropping them (RFC 7915 §4.5). */
  computesZeroChecksum = true;
  /** What Traffic Class and Type of Service are set to (RFC 7915 §4.1, §5.1), −1 where they are copied. */
  trafficClassToIPv6 = -1;
  trafficClassToIPv4 = -1;
  /** State of the Identification generator: 16 bits, to be seeded at random. */
  identification = 0;
}

/**
 * The next IPv4 Identification (RFC 7915 §5.1). It counts up, so that 65,536 packets differ (RFC 6864 §4.3) and the
 * packets of a flow that is alone can be merged by generic receive offload.
 *
 * @param packets how many in a row are taken: whoever cuts a super-packet gives its segments the following ones
 */
export function nextIdentification(settings: TranslateSettings, packets: number = 1): number {
  const first = (settings.identification + 1) & 0xffff;
  settings.identification = (settings.identification + packets) & 0xffff;
  return first;
}

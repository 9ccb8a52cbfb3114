/** Settings and state of the rewrites; one object for each engine. */
export class TranslateSettings {
  /** MTU of the link on each side, in bytes. */
  mtuIPv6 = 1500;
  mtuIPv4 = 1500;
  /** Whether to compute a UDP checksum for IPv4 packets without one, instead of dropping them (RFC 7915 §4.5). */
  computesZeroChecksum = true;
  /** The value of Traffic Class and Type of Service (RFC 7915 §4.1, §5.1), −1 to copy them. */
  trafficClassToIPv6 = -1;
  trafficClassToIPv4 = -1;
  /** State of the Identification generator: 16 bits, with a random seed. */
  identification = 0;
}

/**
 * The next IPv4 Identification (RFC 7915 §5.1). It counts up, so that 65,536 packets have different values (RFC
 * 6864 §4.3), and generic receive offload can merge the packets of a single flow.
 *
 * @param packets how many values to take: the segments of a super-packet get consecutive ones
 */
export function nextIdentification(settings: TranslateSettings, packets: number = 1): number {
  const first = (settings.identification + 1) & 0xffff;
  settings.identification = (settings.identification + packets) & 0xffff;
  return first;
}

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
  /** The last Identification of each group of destinations; one group until {@link seedIdentifications}. */
  identifications: Uint16Array = new Uint16Array(1);
  /** Which destination is in which group is a secret. */
  identificationKey = 0;

  /** The last Identification of the first group. */
  get identification(): number {
    return this.identifications[0];
  }

  set identification(value: number) {
    this.identifications[0] = value;
  }
}

/** Groups of destinations, a power of two. */
const IDENTIFICATION_GROUPS = 4096;

/**
 * Makes many groups with random counters. With one counter for all, anybody could read from it how many packets others get, and
 * guess their next Identification (RFC 7739 §5, RFC 6864 §5.3).
 *
 * @param seed 32 random bits
 */
export function seedIdentifications(settings: TranslateSettings, seed: number): void {
  settings.identificationKey = mix(seed ^ 0x3c6ef372);
  settings.identifications = Uint16Array.from({ length: IDENTIFICATION_GROUPS }, (_, group) => mix(seed + group));
}

/** Spreads 32 bits over all 32 bits. */
function mix(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/**
 * The next IPv4 Identification for a destination (RFC 7915 §5.1). It counts up, so that 65,536 packets have different values (RFC
 * 6864 §4.3), and generic receive offload can merge the packets of a single flow.
 *
 * @param destination IPv4 address
 * @param packets how many values to take: the segments of a super-packet get consecutive ones
 */
export function nextIdentification(settings: TranslateSettings, destination: number, packets: number = 1): number {
  const last = settings.identifications;
  const group = mix(destination ^ settings.identificationKey) & (last.length - 1);
  const first = (last[group] + 1) & 0xffff;
  last[group] += packets;
  return first;
}

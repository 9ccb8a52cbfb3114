/** The MAC of a probe: HMAC-SHA-256 over a label, both addresses and the data before it, truncated to 128 bits. */
import type { PairKeys } from "../agreement/pair-keys.ts";
import { label } from "../crypto/concat.ts";
import type { HmacSha256 } from "../crypto/suite.ts";
import { AT, TO_V4 } from "./layout.ts";

const LABEL = label("probe");
const ADDRESSES_LENGTH = AT.type - AT.source;
const DATA_LENGTH = AT.mac - AT.magic;

/** Reused for each probe: only the HMAC itself allocates. */
const input = new Uint8Array(LABEL.length + ADDRESSES_LENGTH + DATA_LENGTH);
input.set(LABEL);

/** The HMAC of the probe at `offset` with the key of its direction; only the first 16 bytes count. */
export function macOf(packet: Uint8Array, offset: number, keys: PairKeys, hmac: HmacSha256): Uint8Array {
  for (let i = 0; i < ADDRESSES_LENGTH; i++) input[LABEL.length + i] = packet[offset + AT.source + i];
  const data = LABEL.length + ADDRESSES_LENGTH;
  for (let i = 0; i < DATA_LENGTH; i++) input[data + i] = packet[offset + AT.magic + i];
  return hmac(packet[offset + AT.direction] === TO_V4 ? keys.toV4 : keys.toV6, input);
}

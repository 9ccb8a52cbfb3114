/**
 * Which 32 bytes are acceptable as a public key. A point of small order is a key that fits everybody: with it, anybody
 * can sign, and the shared secret is known to all. A second encoding of one point is a second name for one key.
 */

/** The prime 2^255 - 19 of both curves (RFC 7748 §4.1), least significant byte first. */
const PRIME = unhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

/** y of the eight points of small order on edwards25519: orders 4, 1, 2, 8, 8. Points that differ in sign share a y. */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  unhex("0000000000000000000000000000000000000000000000000000000000000000"),
  unhex("0100000000000000000000000000000000000000000000000000000000000000"),
  unhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  unhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
  unhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
];

/** u of the points of small order on curve25519 and its twist. */
const SMALL_ORDER_U: readonly Uint8Array[] = [
  unhex("0000000000000000000000000000000000000000000000000000000000000000"),
  unhex("0100000000000000000000000000000000000000000000000000000000000000"),
  unhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  unhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
  unhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
];

/**
 * Whether these bytes are the canonical encoding of an Ed25519 point (RFC 8032 §5.1.3) that does not have small order. It
 * does not check whether the point is on the curve: a verification does.
 */
export function isStrongEd25519Point(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const y = bytes.slice();
  y[31] &= 0x7f;
  return isLess(y, PRIME) && !SMALL_ORDER_Y.some((each) => isSame(each, y));
}

/**
 * Whether these bytes are a canonical X25519 public key (RFC 7748 §5) that does not have small order. RFC 7748 accepts
 * other encodings too; X25519 itself never produces them.
 */
export function isStrongX25519Point(bytes: Uint8Array): boolean {
  return bytes.length === 32 && isLess(bytes, PRIME) && !SMALL_ORDER_U.some((each) => isSame(each, bytes));
}

/** Whether one number is less than another of the same length, both least significant byte first. */
export function isLess(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return a[i] < b[i];
  return false;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

function unhex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

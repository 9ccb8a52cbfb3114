/**
 * Encodings of points of small order. Ed25519: the eight points, and six further encodings of four of them that careless
 * decoders accept (y not reduced, or a sign with x = 0). X25519: u of the points of small order on the curve and its
 * twist, not reduced, and with the unused bit set (RFC 7748 §5 masks it).
 */
const ff = (first: string, last: string): string => `${first}${"ff".repeat(30)}${last}`;
const zeros = (first: string, last: string): string => `${first}${"00".repeat(30)}${last}`;
const ORDER_8_Y = [
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03",
] as const;

export const SMALL_ORDER_ED25519: readonly string[] = [
  zeros("01", "00"),
  ff("ec", "7f"),
  zeros("00", "00"),
  zeros("00", "80"),
  `${ORDER_8_Y[0]}05`,
  `${ORDER_8_Y[0]}85`,
  `${ORDER_8_Y[1]}7a`,
  `${ORDER_8_Y[1]}fa`,
];

export const SMALL_ORDER_ED25519_NOT_CANONICAL: readonly string[] = [
  zeros("01", "80"),
  ff("ec", "ff"),
  ff("ed", "7f"),
  ff("ed", "ff"),
  ff("ee", "7f"),
  ff("ee", "ff"),
];

export const SMALL_ORDER_X25519: readonly string[] = [
  zeros("00", "00"),
  zeros("01", "00"),
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  ff("ec", "7f"),
];

export const SMALL_ORDER_X25519_NOT_CANONICAL: readonly string[] = [
  ff("ed", "7f"),
  ff("ee", "7f"),
  zeros("00", "80"),
  zeros("01", "80"),
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
  ff("ec", "ff"),
  ff("ed", "ff"),
  ff("ee", "ff"),
];

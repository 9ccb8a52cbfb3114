/**
 * The offsets of everything in a Teredo datagram except the IPv6 packet. Parsing and writing share this table.
 *
 * Authentication encapsulation (RFC 4380 §5.1.1), client identifier of i bytes, authentication value of a bytes:
 *
 *      0      2       3       4                   4+i                    4+i+a   12+i+a
 *      +------+-------+-------+-------------------+----------------------+-------+--------------+
 *      | 0001 | i     | a     | client identifier | authentication value | nonce | confirmation |
 *      +------+-------+-------+-------------------+----------------------+-------+--------------+
 *
 * Origin indication (RFC 4380 §5.1.1), every bit of port and address inverted:
 *
 *      0      2       4          8
 *      +------+-------+----------+
 *      | 0000 | ~port | ~address |
 *      +------+-------+----------+
 *
 * Trailer (RFC 6081 §4), any number of them after the IPv6 packet:
 *
 *      0      1        2
 *      +------+--------+-------+
 *      | type | length | value |
 *      +------+--------+-------+
 */

/** First sixteen bits of an authentication encapsulation and of an origin indication. */
export const AUTHENTICATION = 0x0001;
export const ORIGIN = 0x0000;

/** In an authentication encapsulation. */
export const AUTHENTICATION_ID_LENGTH = 2;
export const AUTHENTICATION_VALUE_LENGTH = 3;
export const AUTHENTICATION_ID = 4;
/** Bytes of the nonce. */
export const NONCE_LENGTH = 8;
/** Bytes of an encapsulation whose identifier and value are empty. */
export const AUTHENTICATION_MINIMUM = 13;
/** Longest client identifier or authentication value, in bytes. */
export const AUTHENTICATION_FIELD_MAXIMUM = 255;

/** In an origin indication. */
export const ORIGIN_PORT = 2;
export const ORIGIN_ADDRESS = 4;
/** Bytes of an origin indication. */
export const ORIGIN_LENGTH = 8;

/** In a trailer. */
export const TRAILER_TYPE = 0;
export const TRAILER_LENGTH = 1;
export const TRAILER_HEADER = 2;

// Where fields are in the headers of IP, TCP and UDP, and how to read and write them.
#pragma once

#include <stdint.h>

#define IPV4_HEADER 20u
#define IPV6_HEADER 40u
#define UDP_HEADER 8u
#define TCP_HEADER 20u
#define PROTOCOL_TCP 6u
#define PROTOCOL_UDP 17u

// Where fields lie: RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1, RFC 768.
#define IPV4_TOTAL_LENGTH 2u
#define IPV4_FRAGMENT 6u
#define IPV4_PROTOCOL 9u
#define IPV4_CHECKSUM 10u
#define IPV4_ADDRESSES 12u
#define IPV6_PAYLOAD_LENGTH 4u
#define IPV6_NEXT_HEADER 6u
#define IPV6_ADDRESSES 8u
#define TCP_SEQUENCE 4u
#define TCP_DATA_OFFSET 12u
#define TCP_FLAGS 13u
#define TCP_CHECKSUM 16u
#define UDP_LENGTH 4u
#define UDP_CHECKSUM 6u

#define TCP_FIN 0x01u
#define TCP_PSH 0x08u
#define TCP_ACK 0x10u
#define TCP_ECE 0x40u
#define TCP_CWR 0x80u

static inline uint32_t get16(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 8 | bytes[1];
}

static inline void put16(uint8_t *bytes, uint32_t value) {
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
}

static inline uint32_t get32(const uint8_t *bytes) {
  return get16(bytes) << 16 | get16(bytes + 2);
}

static inline void put32(uint8_t *bytes, uint32_t value) {
  put16(bytes, value >> 16);
  put16(bytes + 2, value);
}

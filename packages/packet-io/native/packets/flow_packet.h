// A TCP or UDP packet as merging and cutting see it: plain headers and payload. Packets with IP options, extension
// headers or fragments do not qualify.
#pragma once

#include "headers.h"

#include <stdbool.h>
#include <stdint.h>

struct flow_packet {
  uint8_t *bytes;
  uint32_t length;    // of the whole packet, as its IP header says
  uint32_t transport; // where the transport header starts
  uint32_t headers;   // bytes of all headers
  uint8_t protocol;   // PROTOCOL_TCP or PROTOCOL_UDP
  bool is_ipv6;
};

// Looks at `length` bytes. False: no such packet, or one whose lengths disagree. A super-packet's do not.
bool flow_packet_read(uint8_t *bytes, uint32_t length, struct flow_packet *packet);

// The checksum field.
uint8_t *flow_packet_checksum(const struct flow_packet *packet);

// The sum of the pseudo-header for `upper` bytes of transport header and payload (RFC 9293 §3.1, RFC 8200 §8.1).
uint64_t flow_packet_pseudo_sum(const struct flow_packet *packet, uint32_t upper);

// False: UDP with 0 in the field, which says that there is none (RFC 768).
bool flow_packet_has_checksum(const struct flow_packet *packet);

// Whether the transport checksum holds, and of IPv4 the header's. UDP without a checksum has none that holds.
bool flow_packet_verify(const struct flow_packet *packet);

// Writes the length fields for `length` bytes of packet, and of IPv4 the header's checksum.
void flow_packet_set_length(const struct flow_packet *packet, uint32_t length);

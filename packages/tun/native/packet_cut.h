// Cuts a super-packet into packets with finished checksums: headers are copied and rewritten, the payload stays where it
// is. For a way out that is no network device, such as a tunnel over UDP.
#pragma once

#include "flow_packet.h"
#include "packet_batch.h"

// The longest headers of a packet that can be cut: IPv6 and TCP with all options.
#define LONGEST_HEADERS 100u

struct cut {
  struct flow_packet packet;
  uint32_t segment_size;
  uint32_t at; // payload bytes that are cut already
};

// Prepares the packet of a slot. False: it is no super-packet that can be cut: IPv6, of TCP or UDP, as its header says.
bool cut_begin(struct cut *cut, uint8_t *bytes, uint32_t length, const struct virtio_net_hdr *header);

// The next packet: writes its headers (cut->packet.headers bytes) to `headers`, and tells its payload. False: no more.
bool cut_next(struct cut *cut, uint8_t *headers, uint8_t **payload, uint32_t *payload_length);

// Finishes the checksum of an ordinary packet whose field holds the pseudo-header's sum.
void complete_checksum(uint8_t *bytes, uint32_t length, const struct virtio_net_hdr *header);

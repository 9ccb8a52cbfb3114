// Cuts a super-packet into packets with finished checksums: headers are copied and rewritten, the payload stays where it
// is. For paths without a network device, such as a tunnel over UDP.
#pragma once

#include "batch.h"
#include "flow_packet.h"

// The longest headers of a packet that can be cut: IPv6 and TCP with all options.
#define MAX_CUT_HEADER_BYTES 100u

struct cut {
  struct flow_packet packet;
  uint32_t segment_size;
  uint32_t at; // payload bytes that are cut already
};

// Prepares the packet of a slot. False: not a super-packet that can be cut, which is IPv6 with TCP or UDP as its header says.
bool cut_begin(struct cut *cut, uint8_t *bytes, uint32_t length, const struct virtio_net_hdr *header);

// The next packet: writes its headers (cut->packet.headers bytes) to `headers`, and tells its payload. False: no more.
bool cut_next(struct cut *cut, uint8_t *headers, uint8_t **payload, uint32_t *payload_length);

// Copies the packets of one slot to the target's bytes, `room` bytes for each, and describes them in its slots. Returns
// how many, at most `max_segments`; 0 when the slot cannot be cut or a packet does not fit its room.
uint32_t cut_to_batch(const struct packet_batch *batch, uint32_t slot, struct packet_batch *target, uint32_t room,
                      uint32_t max_segments);

// Finishes the checksum of an ordinary packet whose field holds the pseudo-header's sum.
void complete_checksum(uint8_t *bytes, uint32_t length, const struct virtio_net_hdr *header);

// A batch of IP packets as C sees it: borrowed pointers into the typed arrays of one PacketBatch
// (src/packets/batch.ts says what each array holds). Nothing here knows about Node.
#pragma once

#include "vnet_header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The longest IP packet there is: a 40-byte IPv6 header and 65,535 bytes of payload (RFC 8200 §3).
#define MAX_PACKET_LENGTH 65575u

// What a read offers the kernel. More than the longest packet, so that a full one means that it was cut.
#define READ_ROOM 65600u

#define PACKET_ALIGNMENT 4u

static inline size_t align_up(size_t value) {
  return (value + PACKET_ALIGNMENT - 1) & ~(size_t)(PACKET_ALIGNMENT - 1);
}

struct packet_batch {
  uint8_t *bytes;
  size_t bytes_length;
  uint32_t capacity;
  uint32_t *offset;
  uint32_t *length;
  uint8_t *flags;
  uint8_t *gso_type;
  uint16_t *gso_size;
  uint16_t *header_length;
  uint16_t *checksum_start;
  uint16_t *checksum_offset;
  // Of datagrams, else NULL: the other end's IPv4 address as a big-endian word, and its port.
  int32_t *address;
  uint16_t *port;
};

// Copies slot `index` to locals and checks it. The caller uses only the copies, because another thread may write to the
// arrays of a SharedArrayBuffer. Returns false when the slot points outside `bytes` or its virtio fields are invalid.
bool batch_take_slot(const struct packet_batch *batch, uint32_t index, uint32_t *offset, uint32_t *length,
                     struct virtio_net_hdr *header);

// Fills slot `index`. The caller has checked the header.
void batch_put_slot(struct packet_batch *batch, uint32_t index, uint32_t offset, uint32_t length,
                    const struct virtio_net_hdr *header);

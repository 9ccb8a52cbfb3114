// Moves batches of packets between a TUN file descriptor and memory. Nothing here knows about Node.
#pragma once

#include "packets/packets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tun_queue {
  int fd;
  bool has_vnet_header;
  double *counters;
};

// Reads until the queue is empty, all slots are used, or fewer than READ_ROOM bytes are left before `limit`. Each
// packet has at least `headroom` bytes before it and starts at a multiple of 4.
// Then packets of one flow are merged (packets/merge.h).
// Returns the number of slots, or -errno when the very first read failed for good.
int tun_read_batch(const struct tun_queue *queue, struct packet_batch *batch, size_t limit, uint32_t headroom,
                   enum merge_level level);

// Writes one slot. A packet that fails is counted; false then. `waits` is what is left of MAX_WAITS_PER_BATCH.
bool tun_write_slot(const struct tun_queue *queue, const struct packet_batch *batch, uint32_t slot, int *waits);

// Writes slots 0 … count-1, one writev each. A packet that fails is counted and skipped. Returns how many were written.
int tun_write_batch(const struct tun_queue *queue, const struct packet_batch *batch, uint32_t count);

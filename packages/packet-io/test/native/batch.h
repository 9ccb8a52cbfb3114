// Batches in exactly sized heap blocks.
#pragma once

#include "packets/packets.h"
#include "check.h"

#include <stdlib.h>

static inline struct packet_batch make_batch(size_t bytes, uint32_t capacity) {
  return (struct packet_batch){
      .bytes = calloc(1, bytes),
      .bytes_length = bytes,
      .capacity = capacity,
      .offset = calloc(capacity, 4),
      .length = calloc(capacity, 4),
      .flags = calloc(capacity, 1),
      .gso_type = calloc(capacity, 1),
      .gso_size = calloc(capacity, 2),
      .header_length = calloc(capacity, 2),
      .checksum_start = calloc(capacity, 2),
      .checksum_offset = calloc(capacity, 2),
  };
}

static inline struct packet_batch make_datagram_batch(size_t bytes, uint32_t capacity) {
  struct packet_batch batch = make_batch(bytes, capacity);
  batch.address = calloc(capacity, 4);
  batch.port = calloc(capacity, 2);
  return batch;
}

static inline void free_batch(struct packet_batch *batch) {
  free(batch->bytes);
  free(batch->offset);
  free(batch->length);
  free(batch->flags);
  free(batch->gso_type);
  free(batch->gso_size);
  free(batch->header_length);
  free(batch->checksum_start);
  free(batch->checksum_offset);
  free(batch->address);
  free(batch->port);
}

// The packets of a batch by flow: packets of one flow are in one bucket, in their order.
#pragma once

#include "packets/packets.h"

#define FLOW_BUCKETS 64u
#define FLOW_BUCKET_SLOTS 2048u

struct flow_buckets {
  uint32_t used; // buckets with packets, numbered as their first packets came
  uint32_t first[FLOW_BUCKETS];
  uint32_t following[FLOW_BUCKET_SLOTS]; // of each slot the next one of its bucket, NO_SLOT for the last
};

#define NO_SLOT UINT32_MAX

// Sorts slots 0 … count-1, at most FLOW_BUCKET_SLOTS. Slots outside the buffer share one bucket.
void flow_buckets_fill(struct flow_buckets *buckets, const struct packet_batch *batch, uint32_t count);

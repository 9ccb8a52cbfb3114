// The arrays of a batch are in one block of memory, so that a call from JavaScript passes one argument. A block begins
// with the header below; the arrays follow in the order of struct packet_batch. src/packets/batch-block.ts makes blocks.
#pragma once

#include "batch.h"

enum batch_kind { BATCH_OF_PACKETS, BATCH_OF_DATAGRAMS };

struct batch_block_header {
  uint32_t capacity;
  uint32_t kind;
};

// Bytes before the first array, and at least between two arrays: arrays of a round size would otherwise share
// the same sets of the processor's cache.
#define BATCH_BLOCK_GAP 64u

// Points the arrays of `batch` into a block of `size` bytes. As BATCH_OF_PACKETS a block of datagrams will do, without
// their addresses. False: it is too short for its capacity, or of another kind.
bool batch_block_open(uint8_t *block, size_t size, enum batch_kind kind, struct packet_batch *batch);

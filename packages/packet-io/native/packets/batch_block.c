#include "batch_block.h"

#define MAX_CAPACITY 0x7fffffffu

// Where the next array starts; moves on by its size.
struct cursor {
  uint8_t *block;
  size_t at;
  uint32_t capacity;
};

static void *next_array(struct cursor *cursor, size_t element_size) {
  void *array = cursor->block + cursor->at;
  size_t end = cursor->at + element_size * cursor->capacity;
  cursor->at = (end + 2 * BATCH_BLOCK_GAP - 1) / BATCH_BLOCK_GAP * BATCH_BLOCK_GAP;
  return array;
}

bool batch_block_open(uint8_t *block, size_t size, enum batch_kind kind, struct packet_batch *batch) {
  if (size < BATCH_BLOCK_GAP) return false;
  const struct batch_block_header *header = (const struct batch_block_header *)block;
  uint32_t capacity = *(const volatile uint32_t *)&header->capacity;
  if (capacity > MAX_CAPACITY || header->kind > BATCH_OF_DATAGRAMS || header->kind < kind) return false;
  struct cursor cursor = {block, BATCH_BLOCK_GAP, capacity};
  batch->capacity = capacity;
  batch->offset = next_array(&cursor, sizeof *batch->offset);
  batch->length = next_array(&cursor, sizeof *batch->length);
  batch->flags = next_array(&cursor, sizeof *batch->flags);
  batch->gso_type = next_array(&cursor, sizeof *batch->gso_type);
  batch->gso_size = next_array(&cursor, sizeof *batch->gso_size);
  batch->header_length = next_array(&cursor, sizeof *batch->header_length);
  batch->checksum_start = next_array(&cursor, sizeof *batch->checksum_start);
  batch->checksum_offset = next_array(&cursor, sizeof *batch->checksum_offset);
  batch->address = NULL;
  batch->port = NULL;
  if (kind == BATCH_OF_DATAGRAMS) {
    batch->address = next_array(&cursor, sizeof *batch->address);
    batch->port = next_array(&cursor, sizeof *batch->port);
  }
  return cursor.at <= size;
}

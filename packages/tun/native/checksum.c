#include "checksum.h"

#include <string.h>

static uint64_t load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static uint64_t add_with_carry(uint64_t sum, uint64_t word) {
  sum += word;
  return sum + (sum < word);
}

uint64_t sum_bytes(uint64_t sum, const uint8_t *bytes, size_t length) {
  // Four sums, so that one addition need not wait for the carry of the one before.
  uint64_t sums[4] = {sum, 0, 0, 0};
  for (; length >= 32; bytes += 32, length -= 32) {
    for (int i = 0; i < 4; i++) sums[i] = add_with_carry(sums[i], load64(bytes + 8 * i));
  }
  for (; length >= 8; bytes += 8, length -= 8) sums[0] = add_with_carry(sums[0], load64(bytes));
  uint64_t rest = 0;
  memcpy(&rest, bytes, length);
  sums[1] = add_with_carry(sums[1], rest);
  return add_with_carry(add_with_carry(sums[0], sums[1]), add_with_carry(sums[2], sums[3]));
}

uint16_t fold_sum(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

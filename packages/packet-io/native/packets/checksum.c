#include "checksum.h"

#include <string.h>

// Summing is most of what this addon does itself, and wide registers do it six times as fast. The linker picks,
// which is before the thread sanitizer is ready.
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_THREAD__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

// The sum of whole 64-bit words, as 32-bit halves: 2^32 of those fit without a carry.
FOR_EACH_PROCESSOR static uint64_t sum_words(const uint8_t *bytes, size_t length) {
  uint64_t low = 0, high = 0;
  for (size_t i = 0; i < length; i += 8) {
    uint64_t word;
    memcpy(&word, bytes + i, sizeof word);
    low += (uint32_t)word;
    high += word >> 32;
  }
  return low + high;
}

uint64_t sum_bytes(uint64_t sum, const uint8_t *bytes, size_t length) {
  size_t whole = length & ~(size_t)7;
  uint64_t rest = 0;
  memcpy(&rest, bytes + whole, length - whole);
  return sum + sum_words(bytes, whole) + (uint32_t)rest + (rest >> 32);
}

uint16_t fold_sum(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

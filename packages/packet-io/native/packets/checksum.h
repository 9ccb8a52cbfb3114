// The internet checksum (RFC 1071). Sums are of the host's own 16-bit words: that is right in either byte order as long
// as what is stored was summed in the same way (RFC 1071 §2 (B)). An odd last byte counts as if a zero followed.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Adds `length` bytes to a sum. Only the last of several pieces may be odd.
uint64_t sum_bytes(uint64_t sum, const uint8_t *bytes, size_t length);

// Folds a sum to 16 bits.
uint16_t fold_sum(uint64_t sum);

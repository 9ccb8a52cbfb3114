// The block that a call from JavaScript hands over for an open descriptor: what to do, and where to count.
// src/descriptor/io-control.ts has the same layout.
#pragma once

#include "counters.h"

#include <stdint.h>

struct io_control {
  double counters[COUNTER_SLOTS];
  int32_t fd;
  uint32_t has_vnet_header; // of a TUN device
  uint32_t count;           // of a write: slots
  uint32_t reserve;         // of a read: bytes at the end that stay untouched
  uint32_t headroom;        // of a read: bytes before each packet
  uint32_t merge;           // of a read: enum merge_level
};

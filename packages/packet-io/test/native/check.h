// What the test programs share: an assertion that names its place, numbers that are random and the same on each run.
#pragma once

#include "io/io.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                              \
  do {                                                                                                                \
    if (!(condition)) {                                                                                               \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                                  \
      exit(1);                                                                                                        \
    }                                                                                                                 \
  } while (0)

static inline uint32_t next_random(void) {
  static uint32_t state = 1;
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

// A mix of plausible and absurd values, so that both sides of each check are met.
static inline uint32_t random_value(uint32_t plausible) {
  switch (next_random() % 5) {
  case 0:
    return next_random() << 8;
  case 1:
    return UINT32_MAX - next_random() % 3000;
  case 2:
    return plausible;
  default:
    return next_random() % (plausible + 2);
  }
}

static inline double total(const double *counters) {
  double sum = 0;
  for (int i = 0; i < COUNTER_SLOTS; i++) sum += counters[i];
  return sum;
}

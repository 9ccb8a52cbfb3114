// What went wrong with single packets, counted in doubles because JavaScript reads them: a slot for each errno of a
// failed write, then the ones below. src/counters.ts mirrors these numbers.
#pragma once

#include <errno.h>
#include <stdbool.h>

#define COUNTER_REFUSED_WRITES 0
#define COUNTER_LAST_ERRNO 133
#define COUNTER_SHORT_WRITES 134
#define COUNTER_TRUNCATED_READS 135
#define COUNTER_REFUSED_READS 136
#define COUNTER_SLOTS 137

// How often one batch may wait for a full queue, and how long each time. Together they bound a write to 4 ms.
#define WAITS_PER_BATCH 4
#define WAIT_MILLISECONDS 1

// Counts a packet that the kernel did not take; `error` is a positive errno.
void count_write_error(double *counters, long error);

// Waits until `fd` takes writes again, if `error` is about a full queue and waits are left. False: give up.
bool wait_for_queue(int fd, int error, int *waits);

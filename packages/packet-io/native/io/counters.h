// What went wrong with single packets, counted in doubles because JavaScript reads them: a slot for each errno of a
// failed write, then the ones below. src/descriptor/counters.ts mirrors these numbers.
#pragma once

#define COUNTER_REFUSED_WRITES 0
#define COUNTER_LAST_ERRNO 133
#define COUNTER_SHORT_WRITES 134
#define COUNTER_TRUNCATED_READS 135
#define COUNTER_REFUSED_READS 136
#define COUNTER_SLOTS 137

// Counts a packet that the kernel did not take; `error` is a positive errno.
void count_write_error(double *counters, long error);

// Waiting for file descriptors. Nothing here knows about Node.
#pragma once

#include <stdint.h>

#define MAX_WAIT_FDS 64

// poll(2) over parallel arrays. `timeout_ms` < 0 waits without limit; `spin_us` polls repeatedly for that long before the
// thread sleeps. Returns how many are ready, 0 after the timeout, or -errno.
int wait_ready(const int32_t *fds, const int32_t *events, int32_t *ready, uint32_t count, int timeout_ms,
               uint32_t spin_us);

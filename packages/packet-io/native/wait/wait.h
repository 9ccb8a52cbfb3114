// Waiting for file descriptors. Nothing here knows about Node.
#pragma once

#include <stdint.h>

#define MAX_WAIT_FDS 64

// poll(2) over parallel arrays. `timeout_ms` < 0 waits for ever; `spin_us` asks again and again for that long before it
// lets the kernel put the thread to sleep. Returns how many are ready, 0 after the timeout, or -errno.
int wait_ready(const int32_t *fds, const int32_t *events, int32_t *ready, uint32_t count, int timeout_ms,
               uint32_t spin_us);

// Waiting for a full queue of the kernel, within bounds.
#pragma once

#include <stdbool.h>

// How often one batch may wait for a full queue, and how long each time. Together they bound a write to 4 ms.
#define MAX_WAITS_PER_BATCH 4
#define QUEUE_WAIT_MS 1

// Waits until `fd` takes writes again, if `error` is about a full queue and waits are left. False: give up.
bool wait_for_queue(int fd, int error, int *waits);

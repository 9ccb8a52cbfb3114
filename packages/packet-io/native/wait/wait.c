#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <time.h>

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Never rounds down: waking before the caller's timer is due would make it spin through zero-length waits.
static int remaining_ms(int64_t deadline_ns, int64_t at_ns) {
  int64_t left = deadline_ns - at_ns;
  return left <= 0 ? 0 : (int)((left + 999999) / 1000000);
}

static int poll_until(struct pollfd *polled, uint32_t count, int timeout_ms, uint32_t spin_us) {
  int found = poll(polled, count, 0);
  if (found > 0 || timeout_ms == 0) return found;

  int64_t start = now_ns();
  int64_t deadline = start + (int64_t)timeout_ms * 1000000;
  int64_t spin_end = start + (int64_t)spin_us * 1000;
  if (timeout_ms > 0 && spin_end > deadline) spin_end = deadline;
  while (now_ns() < spin_end) {
    // The thread that makes something ready may be waiting for this very core.
    sched_yield();
    found = poll(polled, count, 0);
    if (found != 0) return found;
  }
  return poll(polled, count, timeout_ms < 0 ? -1 : remaining_ms(deadline, now_ns()));
}

int wait_ready(const int32_t *fds, const int32_t *events, int32_t *ready, uint32_t count, int timeout_ms,
               uint32_t spin_us) {
  struct pollfd polled[MAX_WAIT_FDS];
  if (count > MAX_WAIT_FDS) return -EINVAL;
  for (uint32_t i = 0; i < count; i++) {
    polled[i] = (struct pollfd){.fd = fds[i], .events = (short)events[i]};
  }

  int64_t deadline = now_ns() + (int64_t)timeout_ms * 1000000;
  int found;
  while ((found = poll_until(polled, count, timeout_ms, spin_us)) < 0 && errno == EINTR) {
    if (timeout_ms > 0) timeout_ms = remaining_ms(deadline, now_ns());
    spin_us = 0;
  }
  if (found < 0) return -errno;
  for (uint32_t i = 0; i < count; i++) ready[i] = found > 0 ? polled[i].revents : 0;
  return found;
}

#include "counters.h"

#include <poll.h>

void count_write_error(double *counters, long error) {
  counters[error >= 1 && error <= COUNTER_LAST_ERRNO ? error : EIO]++;
}

bool wait_for_queue(int fd, int error, int *waits) {
  if ((error != EAGAIN && error != ENOBUFS && error != ENOMEM) || *waits <= 0) return false;
  --*waits;
  struct pollfd writable = {.fd = fd, .events = POLLOUT};
  (void)poll(&writable, 1, WAIT_MILLISECONDS);
  return true;
}

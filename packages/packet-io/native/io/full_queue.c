#include "full_queue.h"

#include <errno.h>
#include <poll.h>

bool wait_for_queue(int fd, int error, int *waits) {
  if ((error != EAGAIN && error != ENOBUFS && error != ENOMEM) || *waits <= 0) return false;
  --*waits;
  struct pollfd writable = {.fd = fd, .events = POLLOUT};
  (void)poll(&writable, 1, QUEUE_WAIT_MS);
  return true;
}

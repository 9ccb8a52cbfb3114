#include "counters.h"

#include <errno.h>

void count_write_error(double *counters, long error) {
  counters[error >= 1 && error <= COUNTER_LAST_ERRNO ? error : EIO]++;
}

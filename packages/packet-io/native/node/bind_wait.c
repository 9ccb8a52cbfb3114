// Waiting for JavaScript: waitReady, eventFd*, closeFd. src/wait and src/descriptor describe the arguments.
#include "args.h"
#include "bindings.h"
#include "wait/wait.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

// waitReady(fds, events, ready, timeoutMilliseconds, spinMicroseconds) -> number ready, or -errno.
static napi_value bind_wait_ready(napi_env env, napi_callback_info info) {
  napi_value values[5];
  int32_t *fds, *events, *ready;
  int32_t timeout_ms;
  uint32_t spin_us;
  size_t count;
  if (!take_arguments(env, info, 5, values) ||
      !take_array(env, values[0], napi_int32_array, 0, (void **)&fds, &count) ||
      !take_array(env, values[1], napi_int32_array, count, (void **)&events, NULL) ||
      !take_array(env, values[2], napi_int32_array, count, (void **)&ready, NULL) ||
      !take_int32(env, values[3], &timeout_ms) || !take_uint32(env, values[4], &spin_us)) {
    return NULL;
  }
  if (count > MAX_WAIT_FDS) {
    throw_argument_error(env, "too many file descriptors to wait for");
    return NULL;
  }
  return return_int32(env, wait_ready(fds, events, ready, (uint32_t)count, timeout_ms, spin_us));
}

// eventFdOpen() -> fd, or -errno.
static napi_value bind_event_fd_open(napi_env env, napi_callback_info info) {
  (void)info;
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return return_int32(env, fd < 0 ? -errno : fd);
}

static bool take_fd(napi_env env, napi_callback_info info, int32_t *fd) {
  napi_value values[1];
  return take_arguments(env, info, 1, values) && take_int32(env, values[0], fd);
}

// eventFdNotify(fd) -> 0, or -errno. A counter that is full already wakes the reader: not an error.
static napi_value bind_event_fd_notify(napi_env env, napi_callback_info info) {
  int32_t fd;
  if (!take_fd(env, info, &fd)) return NULL;
  int failed;
  do {
    failed = eventfd_write(fd, 1);
  } while (failed < 0 && errno == EINTR);
  return return_int32(env, failed < 0 && errno != EAGAIN ? -errno : 0);
}

// eventFdClear(fd) -> 1 when it had been notified, 0 when not, or -errno.
static napi_value bind_event_fd_clear(napi_env env, napi_callback_info info) {
  int32_t fd;
  eventfd_t value;
  if (!take_fd(env, info, &fd)) return NULL;
  int failed;
  do {
    failed = eventfd_read(fd, &value);
  } while (failed < 0 && errno == EINTR);
  if (failed == 0) return return_int32(env, 1);
  return return_int32(env, errno == EAGAIN ? 0 : -errno);
}

// closeFd(fd) -> 0, or -errno.
static napi_value bind_close_fd(napi_env env, napi_callback_info info) {
  int32_t fd;
  if (!take_fd(env, info, &fd)) return NULL;
  return return_int32(env, close(fd) < 0 ? -errno : 0);
}

bool export_wait(napi_env env, napi_value exports) {
  return export_function(env, exports, "waitReady", bind_wait_ready) &&
         export_function(env, exports, "eventFdOpen", bind_event_fd_open) &&
         export_function(env, exports, "eventFdNotify", bind_event_fd_notify) &&
         export_function(env, exports, "eventFdClear", bind_event_fd_clear) &&
         export_function(env, exports, "closeFd", bind_close_fd);
}

// unixSend.
#include "args.h"
#include "bindings.h"
#include "unix/unix.h"

#include <string.h>

enum { MAX_PATH_BYTES = 256, MAX_TEXT_BYTES = 4096 };

// unixSend(path, text) -> 0, or -errno.
static napi_value bind_unix_send(napi_env env, napi_callback_info info) {
  napi_value values[2];
  char path[MAX_PATH_BYTES], text[MAX_TEXT_BYTES];
  if (!take_arguments(env, info, 2, values) || !take_string(env, values[0], path, sizeof path) ||
      !take_string(env, values[1], text, sizeof text)) {
    return NULL;
  }
  return return_int32(env, send_unix_datagram(path, text, strlen(text)));
}

bool export_unix(napi_env env, napi_value exports) {
  return export_function(env, exports, "unixSend", bind_unix_send);
}

// Files as memory for JavaScript: mapFile.
#include "args.h"
#include "bindings.h"
#include "memory/memory.h"

#include <errno.h>
#include <limits.h>
#include <sys/mman.h>

static void unmap(napi_env env, void *memory, void *size) {
  (void)env;
  munmap(memory, (size_t)(uintptr_t)size);
}

// mapFile(path, size, result) -> ArrayBuffer, or undefined when result[0] is a negative errno.
static napi_value bind_map_file(napi_env env, napi_callback_info info) {
  napi_value values[3];
  char path[PATH_MAX];
  double size;
  int32_t *result;
  if (!take_arguments(env, info, 3, values) || !take_string(env, values[0], path, sizeof path) ||
      !take_array(env, values[2], napi_int32_array, 1, (void **)&result, NULL)) {
    return NULL;
  }
  if (napi_get_value_double(env, values[1], &size) != napi_ok || !(size >= 1 && size <= 9007199254740991.0)) {
    throw_argument_error(env, "the size must be a positive integer");
    return NULL;
  }
  void *memory;
  result[0] = map_file(path, (size_t)size, &memory);
  if (result[0] < 0) return NULL;
  napi_value buffer;
  void *hint = (void *)(uintptr_t)(size_t)size;
  if (napi_create_external_arraybuffer(env, memory, (size_t)size, unmap, hint, &buffer) == napi_ok) return buffer;
  // Runtimes that keep V8 in a memory cage (Electron) refuse memory of others.
  munmap(memory, (size_t)size);
  result[0] = -ENOTSUP;
  return NULL;
}

bool export_memory(napi_env env, napi_value exports) {
  return export_function(env, exports, "mapFile", bind_map_file);
}

// TUN devices for JavaScript: tunOpen, tunRead, tunWrite, writeHelperStart.
#include "bindings.h"
#include "io_args.h"
#include "tun/tun.h"

#include <errno.h>

// tunOpen(name, options, level, result) -> name, or undefined when result[0] is a negative errno.
// result: fd or -errno, failed step, TUN_F_* bits, 1 when packets have a virtio header, 1 when writes may be of USO.
static napi_value bind_tun_open(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  char name[IFNAMSIZ];
  uint32_t options, level;
  int32_t *result;
  if (!take_arguments(env, info, 4, arguments) || !take_string(env, arguments[0], name, sizeof name) ||
      !take_uint32(env, arguments[1], &options) || !take_uint32(env, arguments[2], &level) ||
      !take_array(env, arguments[3], napi_int32_array, 5, (void **)&result, NULL)) {
    return NULL;
  }
  struct tun_opened opened;
  int error = tun_open(name, options, (enum tun_offload_level)level, &opened);
  result[0] = error < 0 ? error : opened.fd;
  result[1] = (int32_t)opened.failed_step;
  result[2] = (int32_t)opened.offloads;
  result[3] = opened.has_vnet_header;
  result[4] = opened.takes_uso;
  if (error < 0) return NULL;
  napi_value opened_name = NULL;
  napi_create_string_utf8(env, opened.name, NAPI_AUTO_LENGTH, &opened_name);
  return opened_name;
}

static struct tun_queue queue_of(struct io_control *control) {
  return (struct tun_queue){control->fd, control->has_vnet_header != 0, control->counters};
}

// tunRead(control, block, bytes) -> slots filled, or -errno.
static napi_value bind_tun_read(napi_env env, napi_callback_info info) {
  struct io_control *control;
  struct packet_batch batch;
  size_t limit;
  if (!take_read(env, info, BATCH_OF_PACKETS, &control, &batch, &limit)) return NULL;
  struct tun_queue queue = queue_of(control);
  int count = tun_read_batch(&queue, &batch, limit, control->headroom, (enum merge_level)control->merge);
  return return_int32(env, count);
}

// tunWrite(control, block, bytes, helper or undefined) -> packets written.
static napi_value bind_tun_write(napi_env env, napi_callback_info info) {
  struct io_control *control;
  struct packet_batch batch;
  napi_value rest;
  napi_valuetype type;
  void *helper = NULL;
  if (!take_write(env, info, BATCH_OF_PACKETS, &control, &batch, &rest)) return NULL;
  if (napi_typeof(env, rest, &type) != napi_ok) return NULL;
  if (type == napi_external) napi_get_value_external(env, rest, &helper);
  struct tun_queue queue = queue_of(control);
  if (helper == NULL) return return_int32(env, tun_write_batch(&queue, &batch, control->count));
  return return_int32(env, write_helper_write(helper, &queue, &batch, control->count));
}

static void stop_helper(napi_env env, void *helper, void *hint) {
  (void)env;
  (void)hint;
  write_helper_stop(helper);
}

// writeHelperStart(result) -> external, or undefined when result[0] is a negative errno. Ends with its last reference.
static napi_value bind_write_helper_start(napi_env env, napi_callback_info info) {
  napi_value values[1];
  int32_t *result;
  if (!take_arguments(env, info, 1, values) ||
      !take_array(env, values[0], napi_int32_array, 1, (void **)&result, NULL)) {
    return NULL;
  }
  struct write_helper *helper;
  result[0] = write_helper_start(&helper);
  if (result[0] < 0) return NULL;
  napi_value external = NULL;
  if (napi_create_external(env, helper, stop_helper, NULL, &external) == napi_ok) return external;
  write_helper_stop(helper);
  result[0] = -ENOMEM;
  return NULL;
}

bool export_tun(napi_env env, napi_value exports) {
  return export_function(env, exports, "tunOpen", bind_tun_open) &&
         export_function(env, exports, "tunRead", bind_tun_read) &&
         export_function(env, exports, "tunWrite", bind_tun_write) &&
         export_function(env, exports, "writeHelperStart", bind_write_helper_start);
}

// TUN devices for JavaScript: tunOpen, tunRead, tunWrite, writeHelperStart. src/native.ts describes the arguments.
#include "args.h"
#include "bindings.h"
#include "io/io.h"
#include "tun/tun.h"

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

#define BATCH_ARGUMENTS 13

// The arguments that both directions share: fd, vnet header or not, counters, capacity, then the arrays of the batch.
// Pointers are asked for on every call: that is what makes a detached or moved buffer safe.
static bool take_batch(napi_env env, const napi_value *values, struct tun_queue *queue, struct packet_batch *batch) {
  uint32_t has_vnet_header;
  if (!take_int32(env, values[0], &queue->fd) || !take_uint32(env, values[1], &has_vnet_header) ||
      !take_uint32(env, values[3], &batch->capacity)) {
    return false;
  }
  queue->has_vnet_header = has_vnet_header != 0;
  size_t slots = batch->capacity;
  return take_array(env, values[2], napi_float64_array, COUNTER_SLOTS, (void **)&queue->counters, NULL) &&
         take_array(env, values[4], napi_uint8_array, 0, (void **)&batch->bytes, &batch->bytes_length) &&
         take_array(env, values[5], napi_uint32_array, slots, (void **)&batch->offset, NULL) &&
         take_array(env, values[6], napi_uint32_array, slots, (void **)&batch->length, NULL) &&
         take_array(env, values[7], napi_uint8_array, slots, (void **)&batch->flags, NULL) &&
         take_array(env, values[8], napi_uint8_array, slots, (void **)&batch->gso_type, NULL) &&
         take_array(env, values[9], napi_uint16_array, slots, (void **)&batch->gso_size, NULL) &&
         take_array(env, values[10], napi_uint16_array, slots, (void **)&batch->header_length, NULL) &&
         take_array(env, values[11], napi_uint16_array, slots, (void **)&batch->checksum_start, NULL) &&
         take_array(env, values[12], napi_uint16_array, slots, (void **)&batch->checksum_offset, NULL);
}

// tunRead(...batch, reserve, headroom, merge) -> slots filled, or -errno.
static napi_value bind_tun_read(napi_env env, napi_callback_info info) {
  napi_value values[BATCH_ARGUMENTS + 3];
  struct tun_queue queue;
  struct packet_batch batch = {0};
  uint32_t reserve, headroom, level;
  if (!take_arguments(env, info, BATCH_ARGUMENTS + 3, values) || !take_batch(env, values, &queue, &batch) ||
      !take_uint32(env, values[BATCH_ARGUMENTS], &reserve) ||
      !take_uint32(env, values[BATCH_ARGUMENTS + 1], &headroom) ||
      !take_uint32(env, values[BATCH_ARGUMENTS + 2], &level)) {
    return NULL;
  }
  size_t limit = batch.bytes_length > reserve ? batch.bytes_length - reserve : 0;
  return return_int32(env, tun_read_batch(&queue, &batch, limit, headroom, (enum merge_level)level));
}

// tunWrite(...batch, count, helper or undefined) -> packets written.
static napi_value bind_tun_write(napi_env env, napi_callback_info info) {
  napi_value values[BATCH_ARGUMENTS + 2];
  struct tun_queue queue;
  struct packet_batch batch = {0};
  uint32_t count;
  if (!take_arguments(env, info, BATCH_ARGUMENTS + 2, values) || !take_batch(env, values, &queue, &batch) ||
      !take_uint32(env, values[BATCH_ARGUMENTS], &count)) {
    return NULL;
  }
  if (count > batch.capacity) {
    throw_argument_error(env, "the batch counts more packets than it has slots");
    return NULL;
  }
  napi_valuetype type;
  void *helper = NULL;
  if (napi_typeof(env, values[BATCH_ARGUMENTS + 1], &type) != napi_ok) return NULL;
  if (type == napi_external) napi_get_value_external(env, values[BATCH_ARGUMENTS + 1], &helper);
  if (helper == NULL) return return_int32(env, tun_write_batch(&queue, &batch, count));
  return return_int32(env, write_helper_write(helper, &queue, &batch, count));
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
  if (napi_create_external(env, helper, stop_helper, NULL, &external) != napi_ok) write_helper_stop(helper);
  return external;
}

bool export_tun(napi_env env, napi_value exports) {
  return export_function(env, exports, "tunOpen", bind_tun_open) &&
         export_function(env, exports, "tunRead", bind_tun_read) &&
         export_function(env, exports, "tunWrite", bind_tun_write) &&
         export_function(env, exports, "writeHelperStart", bind_write_helper_start);
}

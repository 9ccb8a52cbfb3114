#include "io_args.h"

bool take_batch(napi_env env, napi_value block, napi_value bytes, enum batch_kind kind, struct packet_batch *batch) {
  uint32_t *words;
  size_t count;
  if (!take_array(env, block, napi_uint32_array, 0, (void **)&words, &count) ||
      !take_array(env, bytes, napi_uint8_array, 0, (void **)&batch->bytes, &batch->bytes_length)) {
    return false;
  }
  if (batch_block_open((uint8_t *)words, count * sizeof *words, kind, batch)) return true;
  throw_argument_error(env, "the block of a batch is too short for what it has to hold, or of another kind");
  return false;
}

bool take_control(napi_env env, napi_value value, struct io_control **control) {
  size_t size = sizeof **control / sizeof(double);
  return take_array(env, value, napi_float64_array, size, (void **)control, NULL);
}

bool take_read(napi_env env, napi_callback_info info, enum batch_kind kind, struct io_control **control,
               struct packet_batch *batch, size_t *limit) {
  napi_value values[3];
  if (!take_arguments(env, info, 3, values) || !take_control(env, values[0], control) ||
      !take_batch(env, values[1], values[2], kind, batch)) {
    return false;
  }
  *limit = batch->bytes_length > (*control)->reserve ? batch->bytes_length - (*control)->reserve : 0;
  return true;
}

bool take_write(napi_env env, napi_callback_info info, enum batch_kind kind, struct io_control **control,
                struct packet_batch *batch, napi_value *rest) {
  napi_value values[4];
  if (!take_arguments(env, info, rest == NULL ? 3 : 4, values) || !take_control(env, values[0], control) ||
      !take_batch(env, values[1], values[2], kind, batch)) {
    return false;
  }
  if (rest != NULL) *rest = values[3];
  if ((*control)->count <= batch->capacity) return true;
  throw_argument_error(env, "the batch counts more packets than it has slots");
  return false;
}

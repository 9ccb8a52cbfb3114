// Cutting super-packets for JavaScript: packetCut. src/native.ts describes the arguments.
#include "args.h"
#include "bindings.h"
#include "packets/packets.h"

#define ARRAYS 9

static bool take_batch(napi_env env, const napi_value *values, struct packet_batch *batch) {
  if (!take_uint32(env, values[0], &batch->capacity)) return false;
  size_t slots = batch->capacity;
  return take_array(env, values[1], napi_uint8_array, 0, (void **)&batch->bytes, &batch->bytes_length) &&
         take_array(env, values[2], napi_uint32_array, slots, (void **)&batch->offset, NULL) &&
         take_array(env, values[3], napi_uint32_array, slots, (void **)&batch->length, NULL) &&
         take_array(env, values[4], napi_uint8_array, slots, (void **)&batch->flags, NULL) &&
         take_array(env, values[5], napi_uint8_array, slots, (void **)&batch->gso_type, NULL) &&
         take_array(env, values[6], napi_uint16_array, slots, (void **)&batch->gso_size, NULL) &&
         take_array(env, values[7], napi_uint16_array, slots, (void **)&batch->header_length, NULL) &&
         take_array(env, values[8], napi_uint16_array, slots, (void **)&batch->checksum_start, NULL) &&
         take_array(env, values[9], napi_uint16_array, slots, (void **)&batch->checksum_offset, NULL);
}

// packetCut(...batch, slot, ...target) -> segments.
static napi_value bind_packet_cut(napi_env env, napi_callback_info info) {
  napi_value values[2 * (ARRAYS + 1) + 1];
  struct packet_batch batch = {0}, target = {0};
  uint32_t slot;
  if (!take_arguments(env, info, 2 * (ARRAYS + 1) + 1, values) || !take_batch(env, values, &batch) ||
      !take_uint32(env, values[ARRAYS + 1], &slot) || !take_batch(env, values + ARRAYS + 2, &target)) {
    return NULL;
  }
  if (slot >= batch.capacity || target.capacity == 0) {
    throw_argument_error(env, "no such slot");
    return NULL;
  }
  size_t room = target.bytes_length / target.capacity;
  if (room > MAX_PACKET_LENGTH) room = MAX_PACKET_LENGTH;
  return return_int32(env, (int32_t)cut_to_batch(&batch, slot, &target, (uint32_t)room, target.capacity));
}

bool export_packets(napi_env env, napi_value exports) {
  return export_function(env, exports, "packetCut", bind_packet_cut);
}

// Cutting super-packets for JavaScript: packetCut. src/native.ts describes the arguments.
#include "bindings.h"
#include "node_args.h"
#include "packet_cut.h"

#include <string.h>

// Copies the segments of one slot to the target's bytes, `room` bytes for each. Returns how many, at most `most`.
static uint32_t cut_slot(const struct packet_batch *batch, uint32_t slot, struct packet_batch *target, uint32_t room,
                         uint32_t most) {
  struct virtio_net_hdr header = {0};
  uint32_t offset, length;
  struct cut cut;
  if (!batch_take_slot(batch, slot, &offset, &length, &header)) return 0;
  if (!cut_begin(&cut, batch->bytes + offset, length, &header)) return 0;
  uint8_t headers[LONGEST_HEADERS];
  uint8_t *payload;
  uint32_t payload_length, count = 0;
  static const struct virtio_net_hdr plain = {0};
  for (uint32_t at = 0; count < most && cut_next(&cut, headers, &payload, &payload_length); at += room) {
    uint32_t whole = cut.packet.headers + payload_length;
    if (whole > room) return 0;
    memcpy(target->bytes + at, headers, cut.packet.headers);
    memcpy(target->bytes + at + cut.packet.headers, payload, payload_length);
    batch_put_slot(target, count++, at, whole, &plain);
  }
  return count;
}

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
  return return_int32(env, (int32_t)cut_slot(&batch, slot, &target, (uint32_t)room, target.capacity));
}

bool export_cut(napi_env env, napi_value exports) {
  return export_function(env, exports, "packetCut", bind_packet_cut);
}

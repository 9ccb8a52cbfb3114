// Cutting super-packets for JavaScript: packetCut.
#include "bindings.h"
#include "io_args.h"

// packetCut(block, bytes, slot, targetBlock, targetBytes) -> segments.
static napi_value bind_packet_cut(napi_env env, napi_callback_info info) {
  napi_value values[5];
  struct packet_batch batch, target;
  uint32_t slot;
  if (!take_arguments(env, info, 5, values) ||
      !take_batch(env, values[0], values[1], BATCH_OF_PACKETS, &batch) || !take_uint32(env, values[2], &slot) ||
      !take_batch(env, values[3], values[4], BATCH_OF_PACKETS, &target)) {
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

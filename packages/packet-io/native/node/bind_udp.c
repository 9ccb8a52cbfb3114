// UDP sockets for JavaScript: udpOpen, udpReceive, udpSend. src/native.ts describes the arguments.
#include "args.h"
#include "bindings.h"
#include "io/io.h"
#include "udp/udp.h"

#include <string.h>

// udpOpen(address, port, merge, receiveBuffer, sendBuffer, result) -> undefined.
// address: 4 bytes. result: fd or -errno, local port, 1 when datagrams are merged.
static napi_value bind_udp_open(napi_env env, napi_callback_info info) {
  napi_value values[6];
  uint8_t *address;
  uint32_t port, merge;
  struct udp_options options = {.local.sin_family = AF_INET};
  int32_t *result;
  if (!take_arguments(env, info, 6, values) ||
      !take_array(env, values[0], napi_uint8_array, sizeof options.local.sin_addr, (void **)&address, NULL) ||
      !take_uint32(env, values[1], &port) || !take_uint32(env, values[2], &merge) ||
      !take_int32(env, values[3], &options.receive_buffer) || !take_int32(env, values[4], &options.send_buffer) ||
      !take_array(env, values[5], napi_int32_array, 3, (void **)&result, NULL)) {
    return NULL;
  }
  memcpy(&options.local.sin_addr, address, sizeof options.local.sin_addr);
  options.local.sin_port = htons((uint16_t)port);
  options.merge = merge != 0;
  struct udp_opened opened;
  int error = udp_open(&options, &opened);
  if (error < 0) {
    result[0] = error;
    return NULL;
  }
  result[0] = opened.fd;
  result[1] = ntohs(opened.local.sin_port);
  result[2] = opened.merges;
  return NULL;
}

// fd, counters, capacity, the nine arrays of packets and the two of datagrams.
#define BATCH_ARGUMENTS 14

// The arguments that both directions share.
static bool take_batch(napi_env env, const napi_value *values, int32_t *fd, double **counters,
                       struct packet_batch *batch) {
  if (!take_int32(env, values[0], fd) || !take_uint32(env, values[2], &batch->capacity)) return false;
  size_t slots = batch->capacity;
  return take_array(env, values[1], napi_float64_array, COUNTER_SLOTS, (void **)counters, NULL) &&
         take_array(env, values[3], napi_uint8_array, 0, (void **)&batch->bytes, &batch->bytes_length) &&
         take_array(env, values[4], napi_uint32_array, slots, (void **)&batch->offset, NULL) &&
         take_array(env, values[5], napi_uint32_array, slots, (void **)&batch->length, NULL) &&
         take_array(env, values[6], napi_uint8_array, slots, (void **)&batch->flags, NULL) &&
         take_array(env, values[7], napi_uint8_array, slots, (void **)&batch->gso_type, NULL) &&
         take_array(env, values[8], napi_uint16_array, slots, (void **)&batch->gso_size, NULL) &&
         take_array(env, values[9], napi_uint16_array, slots, (void **)&batch->header_length, NULL) &&
         take_array(env, values[10], napi_uint16_array, slots, (void **)&batch->checksum_start, NULL) &&
         take_array(env, values[11], napi_uint16_array, slots, (void **)&batch->checksum_offset, NULL) &&
         take_array(env, values[12], napi_int32_array, slots, (void **)&batch->address, NULL) &&
         take_array(env, values[13], napi_uint16_array, slots, (void **)&batch->port, NULL);
}

// udpReceive(...batch, reserve, headroom, merge) -> slots filled, or -errno.
static napi_value bind_udp_receive(napi_env env, napi_callback_info info) {
  napi_value values[BATCH_ARGUMENTS + 3];
  int32_t fd;
  double *counters;
  struct packet_batch batch = {0};
  uint32_t reserve, headroom, level;
  if (!take_arguments(env, info, BATCH_ARGUMENTS + 3, values) || !take_batch(env, values, &fd, &counters, &batch) ||
      !take_uint32(env, values[BATCH_ARGUMENTS], &reserve) ||
      !take_uint32(env, values[BATCH_ARGUMENTS + 1], &headroom) ||
      !take_uint32(env, values[BATCH_ARGUMENTS + 2], &level)) {
    return NULL;
  }
  size_t limit = batch.bytes_length > reserve ? batch.bytes_length - reserve : 0;
  return return_int32(env, udp_receive_batch(fd, &batch, limit, headroom, (enum merge_level)level, counters));
}

// udpSend(...batch, count) -> datagrams sent.
static napi_value bind_udp_send(napi_env env, napi_callback_info info) {
  napi_value values[BATCH_ARGUMENTS + 1];
  int32_t fd;
  double *counters;
  struct packet_batch batch = {0};
  uint32_t count;
  if (!take_arguments(env, info, BATCH_ARGUMENTS + 1, values) || !take_batch(env, values, &fd, &counters, &batch) ||
      !take_uint32(env, values[BATCH_ARGUMENTS], &count)) {
    return NULL;
  }
  if (count > batch.capacity) {
    throw_argument_error(env, "the batch counts more datagrams than it has slots");
    return NULL;
  }
  return return_int32(env, udp_send_batch(fd, &batch, count, counters));
}

bool export_udp(napi_env env, napi_value exports) {
  return export_function(env, exports, "udpOpen", bind_udp_open) &&
         export_function(env, exports, "udpReceive", bind_udp_receive) &&
         export_function(env, exports, "udpSend", bind_udp_send);
}

// UDP sockets for JavaScript: udpOpen, udpReceive, udpSend.
#include "bindings.h"
#include "io_args.h"
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

// udpReceive(control, block, bytes) -> slots filled, or -errno.
static napi_value bind_udp_receive(napi_env env, napi_callback_info info) {
  struct io_control *control;
  struct packet_batch batch;
  size_t limit;
  if (!take_read(env, info, BATCH_OF_DATAGRAMS, &control, &batch, &limit)) return NULL;
  enum merge_level level = (enum merge_level)control->merge;
  return return_int32(env, udp_receive_batch(control->fd, &batch, limit, control->headroom, level, control->counters));
}

// udpSend(control, block, bytes) -> datagrams sent.
static napi_value bind_udp_send(napi_env env, napi_callback_info info) {
  struct io_control *control;
  struct packet_batch batch;
  if (!take_write(env, info, BATCH_OF_DATAGRAMS, &control, &batch, NULL)) return NULL;
  return return_int32(env, udp_send_batch(control->fd, &batch, control->count, control->counters));
}

bool export_udp(napi_env env, napi_value exports) {
  return export_function(env, exports, "udpOpen", bind_udp_open) &&
         export_function(env, exports, "udpReceive", bind_udp_receive) &&
         export_function(env, exports, "udpSend", bind_udp_send);
}

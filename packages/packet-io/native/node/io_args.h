// The arguments of calls that move packets. Pointers are asked for on every call: that makes a detached or moved buffer safe.
#pragma once

#include "args.h"
#include "io/io.h"
#include "packets/packets.h"

// The bytes and the block of arrays of a batch. Like those in args.h, false after it has thrown a TypeError.
bool take_batch(napi_env env, napi_value block, napi_value bytes, enum batch_kind kind, struct packet_batch *batch);

bool take_control(napi_env env, napi_value value, struct io_control **control);

// The arguments (control, block, bytes) of a read, and how much of the bytes it may fill.
bool take_read(napi_env env, napi_callback_info info, enum batch_kind kind, struct io_control **control,
               struct packet_batch *batch, size_t *limit);

// The arguments (control, block, bytes) of a write; with `rest` also a fourth, which the caller checks.
bool take_write(napi_env env, napi_callback_info info, enum batch_kind kind, struct io_control **control,
                struct packet_batch *batch, napi_value *rest);

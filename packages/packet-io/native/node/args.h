// Small helpers between Node-API values and C. Each returns false after it has thrown a TypeError; the caller returns
// NULL then. Only programming mistakes throw: when the system refuses, the result is a negative errno.
#pragma once

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);
bool take_int32(napi_env env, napi_value value, int32_t *out);
bool take_uint32(napi_env env, napi_value value, uint32_t *out);

// Bytes without the terminator must fit `size` - 1; a NUL inside is refused.
bool take_string(napi_env env, napi_value value, char *out, size_t size);

// A typed array of exactly this type with at least `at_least` elements.
bool take_array(napi_env env, napi_value value, napi_typedarray_type type, size_t at_least, void **data,
                size_t *length);

void throw_argument_error(napi_env env, const char *message);
napi_value return_int32(napi_env env, int32_t value);

// Adds a function to the module's exports.
bool export_function(napi_env env, napi_value exports, const char *name, napi_callback callback);

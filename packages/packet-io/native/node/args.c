#include "args.h"

#include <string.h>

void throw_argument_error(napi_env env, const char *message) {
  napi_throw_type_error(env, "ERR_PACKET_IO_ARGUMENT", message);
}

bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given >= count) return true;
  throw_argument_error(env, "too few arguments");
  return false;
}

bool take_int32(napi_env env, napi_value value, int32_t *out) {
  if (napi_get_value_int32(env, value, out) == napi_ok) return true;
  throw_argument_error(env, "expected an integer");
  return false;
}

bool take_uint32(napi_env env, napi_value value, uint32_t *out) {
  if (napi_get_value_uint32(env, value, out) == napi_ok) return true;
  throw_argument_error(env, "expected a non-negative integer");
  return false;
}

bool take_string(napi_env env, napi_value value, char *out, size_t size) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    throw_argument_error(env, "expected a string");
    return false;
  }
  if (length >= size) {
    throw_argument_error(env, "the string is too long");
    return false;
  }
  napi_get_value_string_utf8(env, value, out, size, &length);
  if (strlen(out) == length) return true;
  throw_argument_error(env, "the string holds a NUL byte");
  return false;
}

bool take_array(napi_env env, napi_value value, napi_typedarray_type type, size_t at_least, void **data,
                size_t *length) {
  napi_typedarray_type actual;
  size_t elements;
  if (napi_get_typedarray_info(env, value, &actual, &elements, data, NULL, NULL) != napi_ok || actual != type) {
    throw_argument_error(env, "expected a typed array of another type");
    return false;
  }
  if (elements < at_least || (elements > 0 && *data == NULL)) {
    throw_argument_error(env, "a typed array is too short for what it has to hold");
    return false;
  }
  if (length != NULL) *length = elements;
  return true;
}

napi_value return_int32(napi_env env, int32_t value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

bool export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

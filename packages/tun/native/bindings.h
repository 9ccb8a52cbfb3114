// The groups of functions that make up the addon.
#pragma once

#include <node_api.h>
#include <stdbool.h>

bool export_tun(napi_env env, napi_value exports);
bool export_system(napi_env env, napi_value exports);
bool export_cut(napi_env env, napi_value exports);
bool export_udp(napi_env env, napi_value exports);
bool export_unix(napi_env env, napi_value exports);

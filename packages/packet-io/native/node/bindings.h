// The functions that make up the addon, a group for each room. This room alone knows about Node.
#pragma once

#include <node_api.h>
#include <stdbool.h>

bool export_packets(napi_env env, napi_value exports);
bool export_tun(napi_env env, napi_value exports);
bool export_udp(napi_env env, napi_value exports);
bool export_wait(napi_env env, napi_value exports);
bool export_memory(napi_env env, napi_value exports);
bool export_unix(napi_env env, napi_value exports);

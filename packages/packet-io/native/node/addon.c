// The addon's entry. It keeps no state of its own, so each thread's environment loads it independently.
#include "bindings.h"

NAPI_MODULE_INIT() {
  if (export_packets(env, exports) && export_tun(env, exports) && export_udp(env, exports) &&
      export_wait(env, exports) && export_memory(env, exports) && export_unix(env, exports)) {
    return exports;
  }
  napi_throw_error(env, NULL, "the addon could not export its functions");
  return NULL;
}

// Opens one queue of a TUN device. Nothing here knows about Node.
#pragma once

#include <net/if.h>
#include <stdbool.h>

#define TUN_WITH_MULTI_QUEUE 1u
#define TUN_WITH_PERSIST 2u

// How much the kernel may leave to us. src/tun.ts mirrors these numbers.
enum tun_offload_level { TUN_OFFLOAD_NONE, TUN_OFFLOAD_CHECKSUM, TUN_OFFLOAD_TCP, TUN_OFFLOAD_ALL };

// Where opening failed, so that the error can say what to do.
enum tun_open_step { TUN_STEP_DEVICE = 1, TUN_STEP_ATTACH, TUN_STEP_HEADER, TUN_STEP_PERSIST };

struct tun_opened {
  int fd;
  char name[IFNAMSIZ];
  bool has_vnet_header;
  bool takes_uso; // UDP super-packets may be written (Linux 6.2)
  unsigned offloads; // TUN_F_* bits that the kernel accepted
  enum tun_open_step failed_step;
};

// `name` may be empty: the kernel picks one. Returns 0, or -errno with `failed_step` set and nothing left open.
int tun_open(const char *name, unsigned options, enum tun_offload_level level, struct tun_opened *opened);

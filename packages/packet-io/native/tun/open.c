#include "open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20 // Linux 6.2
#define TUN_F_USO6 0x40
#endif

#define TCP_OFFLOADS (TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)

// From the most to the least: kernels refuse a set as a whole when they do not know one bit of it.
static const struct {
  enum tun_offload_level level;
  unsigned bits;
} offload_ladder[] = {
    {TUN_OFFLOAD_ALL, TCP_OFFLOADS | TUN_F_TSO_ECN | TUN_F_USO4 | TUN_F_USO6},
    {TUN_OFFLOAD_TCP, TCP_OFFLOADS | TUN_F_TSO_ECN},
    {TUN_OFFLOAD_TCP, TCP_OFFLOADS},
    {TUN_OFFLOAD_CHECKSUM, TUN_F_CSUM},
};

// A kernel that gives UDP super-packets also takes them, whether or not a reader asks for them.
static bool knows_uso(int fd) {
  return ioctl(fd, TUNSETOFFLOAD, (unsigned long)offload_ladder[0].bits) == 0;
}

static unsigned accept_offloads(int fd, enum tun_offload_level level) {
  for (size_t i = 0; i < sizeof offload_ladder / sizeof offload_ladder[0]; i++) {
    if (offload_ladder[i].level > level) continue;
    if (ioctl(fd, TUNSETOFFLOAD, (unsigned long)offload_ladder[i].bits) == 0) return offload_ladder[i].bits;
  }
  // Offloads belong to the device: an earlier opener's would otherwise stay.
  (void)ioctl(fd, TUNSETOFFLOAD, 0ul);
  return 0;
}

static int fail(struct tun_opened *opened, enum tun_open_step step) {
  int error = errno;
  if (opened->fd >= 0) close(opened->fd);
  opened->fd = -1;
  opened->failed_step = step;
  return -error;
}

int tun_open(const char *name, unsigned options, enum tun_offload_level level, struct tun_opened *opened) {
  *opened = (struct tun_opened){.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)};
  if (opened->fd < 0) return fail(opened, TUN_STEP_DEVICE);

  unsigned features = 0;
  if (ioctl(opened->fd, TUNGETFEATURES, &features) < 0) features = 0;
  opened->has_vnet_header = level != TUN_OFFLOAD_NONE && (features & IFF_VNET_HDR) != 0;

  struct ifreq request = {0};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  unsigned flags = IFF_TUN | IFF_NO_PI;
  if (opened->has_vnet_header) flags |= IFF_VNET_HDR;
  if (options & TUN_WITH_MULTI_QUEUE) flags |= IFF_MULTI_QUEUE;
  request.ifr_flags = (short)flags;
  if (ioctl(opened->fd, TUNSETIFF, &request) < 0) return fail(opened, TUN_STEP_ATTACH);
  memcpy(opened->name, request.ifr_name, sizeof opened->name);
  opened->name[sizeof opened->name - 1] = '\0';

  if (opened->has_vnet_header) {
    // A persistent device keeps the size that its last opener set.
    int size = sizeof(struct virtio_net_hdr);
    if (ioctl(opened->fd, TUNSETVNETHDRSZ, &size) < 0) return fail(opened, TUN_STEP_HEADER);
  }
  opened->takes_uso = opened->has_vnet_header && knows_uso(opened->fd);
  opened->offloads = accept_offloads(opened->fd, opened->has_vnet_header ? level : TUN_OFFLOAD_NONE);

  if ((options & TUN_WITH_PERSIST) && ioctl(opened->fd, TUNSETPERSIST, 1ul) < 0) {
    return fail(opened, TUN_STEP_PERSIST);
  }
  return 0;
}

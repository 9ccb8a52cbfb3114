#include "udp.h"

#include <errno.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

// The forced form passes the system's limit and takes CAP_NET_ADMIN; the other is cut to the limit without an error.
static void set_buffer(int fd, int forced_option, int option, int bytes) {
  if (bytes > 0 && setsockopt(fd, SOL_SOCKET, forced_option, &bytes, sizeof bytes) < 0) {
    (void)setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof bytes);
  }
}

int udp_open(const struct udp_options *options, struct udp_opened *opened) {
  socklen_t length = sizeof opened->local;
  int enabled = 1;
  // Tunnelled packets must get through smaller links, as fragments if need be: RFC 4380 wants DF clear.
  int no_discovery = IP_PMTUDISC_DONT;

  opened->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (opened->fd < 0) return -errno;
  set_buffer(opened->fd, SO_RCVBUFFORCE, SO_RCVBUF, options->receive_buffer);
  set_buffer(opened->fd, SO_SNDBUFFORCE, SO_SNDBUF, options->send_buffer);
  opened->merges =
      options->merge && setsockopt(opened->fd, IPPROTO_UDP, UDP_GRO, &enabled, sizeof enabled) == 0;
  if (setsockopt(opened->fd, IPPROTO_IP, IP_MTU_DISCOVER, &no_discovery, sizeof no_discovery) < 0 ||
      bind(opened->fd, (const struct sockaddr *)&options->local, sizeof options->local) < 0 ||
      getsockname(opened->fd, (struct sockaddr *)&opened->local, &length) < 0) {
    int error = errno;
    close(opened->fd);
    return -error;
  }
  return 0;
}

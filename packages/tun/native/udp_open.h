// Opens IPv4 UDP sockets. Nothing here knows about Node.
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

struct udp_options {
  struct sockaddr_in local;
  bool merge;         // UDP_GRO: consecutive datagrams of a flow arrive as one message
  int receive_buffer; // bytes, 0: the system's default
  int send_buffer;
};

struct udp_opened {
  int fd;
  bool merges; // whether the kernel has UDP_GRO
  struct sockaddr_in local;
};

// Returns 0, or -errno with nothing left open.
int udp_open(const struct udp_options *options, struct udp_opened *opened);

// The contract of this room: IPv4 UDP sockets that move batches of datagrams. Nothing here knows about Node.
#pragma once

#include "packets/packets.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

// Messages in one system call.
#define MESSAGES_PER_CALL 64u

// What a kernel takes in one message with UDP_SEGMENT (UDP_MAX_SEGMENTS of the older ones).
#define MAX_SEGMENTS 64u

// The longest payload of an IPv4 datagram: 65,535 less 20 and 8 bytes of headers.
#define MAX_DATAGRAM_LENGTH 65507u

// What a receive offers the kernel for a message: datagrams that it merged are as long together.
#define MESSAGE_ROOM 65536u

// Receives until the socket is empty, all slots are used or too little room is left before `limit`. A message has
// `headroom` bytes before it and is cut into its datagrams, a slot each, without bytes between them; a message whose
// datagrams do not fit the slots that are left is counted and dropped. Then packets of one flow are merged
// (packets/merge.h). Returns the number of slots, or -errno when the very first call failed for good.
int udp_receive_batch(int fd, struct packet_batch *batch, size_t limit, uint32_t headroom,
                      enum merge_level level, double *counters);

// Sends slots 0 … count-1, but those with port 0, which are for somebody else. A super-packet is cut, an unfinished
// checksum finished, in place. Datagrams of one size to one peer share a message (UDP_SEGMENT). What fails is counted
// and skipped. Returns how many datagrams were sent.
int udp_send_batch(int fd, const struct packet_batch *batch, uint32_t count, double *counters);

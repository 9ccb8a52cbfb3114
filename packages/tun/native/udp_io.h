// Moves batches of datagrams between a UDP socket and memory. Nothing here knows about Node.
#pragma once

#include "counters.h"
#include "packet_merge.h"

#include <stddef.h>
#include <stdint.h>

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
// (packet_merge.h). Returns the number of slots, or -errno when the very first call failed for good.
int udp_receive_batch(int fd, struct packet_batch *batch, size_t limit, uint32_t headroom,
                      enum merge_level level, double *counters);

// Sends slots 0 … count-1, but those with port 0, which are for somebody else. A super-packet is cut, an unfinished
// checksum finished, in place. Datagrams of one size to one peer share a message (UDP_SEGMENT). What fails is counted
// and skipped. Returns how many datagrams were sent.
int udp_send_batch(int fd, const struct packet_batch *batch, uint32_t count, double *counters);

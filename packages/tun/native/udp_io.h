// Moves batches of datagrams between a UDP socket and memory. Nothing here knows about Node.
#pragma once

#include "counters.h"

#include <stddef.h>
#include <stdint.h>

// Messages in one system call.
#define MESSAGES_PER_CALL 64u

// What a kernel takes in one message with UDP_SEGMENT (UDP_MAX_SEGMENTS of the older ones).
#define MAX_SEGMENTS 64u

// The longest payload of an IPv4 datagram: 65,535 less 20 and 8 bytes of headers.
#define MAX_DATAGRAM_LENGTH 65507u

#define ADDRESS_LENGTH 4u

// Borrowed pointers into the typed arrays of one DatagramBatch (src/datagram-batch.ts).
struct datagram_batch {
  uint8_t *bytes;
  size_t bytes_length;
  uint32_t capacity;
  uint32_t *offset;
  uint32_t *length;
  uint16_t *segment_size;
  uint8_t *address; // ADDRESS_LENGTH bytes a slot
  uint16_t *port;
};

// Receives until the socket is empty, all slots are used or fewer than `room` bytes are left before `limit`. Each
// message has `headroom` bytes before it and `room` bytes to be in; longer ones are cut by the kernel, counted and
// dropped. Returns the number of messages, or -errno when the very first call failed for good.
int udp_receive_batch(int fd, struct datagram_batch *batch, size_t limit, uint32_t headroom, uint32_t room,
                      double *counters);

// Sends slots 0 … count-1. A message that fails is counted and skipped. Returns how many were sent.
int udp_send_batch(int fd, const struct datagram_batch *batch, uint32_t count, double *counters);

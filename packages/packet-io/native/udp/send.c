#include "udp.h"

#include "io/io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 // Linux 4.18
#endif

// The most bytes of a message with several datagrams: what IPv4 carries, with room to spare.
#define MAX_MESSAGE_BYTES 65000u

// Headers of cut packets, and parts of messages, that are on their way at a time.
#define HEADERS 1024u
#define PARTS (2u * HEADERS)

union control {
  struct cmsghdr aligned;
  uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

// What is gathered for one sendmmsg, on the stack.
struct outbox {
  int fd;
  int waits;
  int sent;
  double *counters;
  uint32_t messages, parts, headers;
  // Of the last message.
  uint32_t datagrams, bytes;
  bool is_closed;
  struct mmsghdr heads[MESSAGES_PER_CALL];
  struct sockaddr_in peers[MESSAGES_PER_CALL];
  uint32_t segment_size[MESSAGES_PER_CALL];
  uint32_t segments[MESSAGES_PER_CALL];
  union control controls[MESSAGES_PER_CALL];
  struct iovec iov[PARTS];
  uint8_t header_bytes[HEADERS][MAX_CUT_HEADER_BYTES + 28u]; // 128 bytes: whole cache lines
};

static void add_control(struct outbox *outbox, uint32_t index) {
  struct msghdr *message = &outbox->heads[index].msg_hdr;
  uint16_t size = (uint16_t)outbox->segment_size[index];
  memset(&outbox->controls[index], 0, sizeof outbox->controls[index]);
  message->msg_control = outbox->controls[index].bytes;
  message->msg_controllen = CMSG_SPACE(sizeof size);
  struct cmsghdr *item = CMSG_FIRSTHDR(message);
  item->cmsg_level = IPPROTO_UDP;
  item->cmsg_type = UDP_SEGMENT;
  item->cmsg_len = CMSG_LEN(sizeof size);
  memcpy(CMSG_DATA(item), &size, sizeof size);
}

// Sends the datagrams of a message one by one, where the way out cannot cut it: IPsec says EIO, a path whose MTU is
// smaller than a datagram says EINVAL or EMSGSIZE, and there IPv4 fragments carry it.
static void send_singly(struct outbox *outbox, uint32_t index) {
  struct msghdr message = outbox->heads[index].msg_hdr;
  size_t left = message.msg_iovlen;
  message.msg_control = NULL;
  message.msg_controllen = 0;
  while (left > 0) {
    size_t bytes = 0;
    message.msg_iovlen = 0;
    while (left > 0 && bytes < outbox->segment_size[index]) {
      bytes += message.msg_iov[message.msg_iovlen++].iov_len;
      left--;
    }
    for (;;) {
      if (sendmsg(outbox->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
        outbox->sent++;
        break;
      }
      int error = errno;
      if (error == EINTR || wait_for_queue(outbox->fd, error, &outbox->waits)) continue;
      count_write_error(outbox->counters, error);
      break;
    }
    message.msg_iov += message.msg_iovlen;
  }
}

static bool is_about_cutting(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE;
}

// Sends all messages; sendmmsg stops at the first that fails, which is counted and passed over.
static void flush(struct outbox *outbox) {
  for (uint32_t i = 0; i < outbox->messages; i++) {
    if (outbox->segments[i] > 1) add_control(outbox, i);
  }
  for (uint32_t done = 0; done < outbox->messages;) {
    int accepted = sendmmsg(outbox->fd, outbox->heads + done, outbox->messages - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (accepted > 0) {
      for (int i = 0; i < accepted; i++) outbox->sent += (int)outbox->segments[done + (uint32_t)i];
      done += (uint32_t)accepted;
      continue;
    }
    int error = accepted < 0 ? errno : EIO;
    if (error == EINTR || wait_for_queue(outbox->fd, error, &outbox->waits)) continue;
    if (outbox->segments[done] > 1 && is_about_cutting(error)) {
      send_singly(outbox, done);
    } else {
      for (uint32_t i = 0; i < outbox->segments[done]; i++) count_write_error(outbox->counters, error);
    }
    done++;
  }
  outbox->messages = outbox->parts = outbox->headers = 0;
  outbox->is_closed = true;
}

// Whether a datagram may follow in the last message: of its size, or shorter and the last one.
static bool joins(const struct outbox *outbox, uint32_t length, uint32_t address, uint16_t port) {
  if (outbox->is_closed || outbox->datagrams == MAX_SEGMENTS) return false;
  uint32_t last = outbox->messages - 1;
  if (length > outbox->segment_size[last] || outbox->bytes + length > MAX_MESSAGE_BYTES) return false;
  return outbox->peers[last].sin_addr.s_addr == address && outbox->peers[last].sin_port == port;
}

// Puts a datagram of up to two parts behind the last one, or begins a message. The caller made sure of two free parts.
static void add(struct outbox *outbox, const struct iovec *parts, uint32_t count, uint32_t address, uint16_t port) {
  uint32_t length = 0;
  for (uint32_t i = 0; i < count; i++) length += (uint32_t)parts[i].iov_len;
  if (!joins(outbox, length, address, port)) {
    if (outbox->messages == MESSAGES_PER_CALL) flush(outbox);
    uint32_t index = outbox->messages++;
    outbox->peers[index] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = address};
    outbox->heads[index].msg_hdr = (struct msghdr){
        .msg_name = &outbox->peers[index],
        .msg_namelen = sizeof outbox->peers[index],
        .msg_iov = &outbox->iov[outbox->parts],
    };
    outbox->segment_size[index] = length;
    outbox->segments[index] = 0;
    outbox->datagrams = 0;
    outbox->bytes = 0;
    outbox->is_closed = length == 0;
  }
  uint32_t last = outbox->messages - 1;
  for (uint32_t i = 0; i < count; i++) outbox->iov[outbox->parts++] = parts[i];
  outbox->heads[last].msg_hdr.msg_iovlen += count;
  outbox->segments[last]++;
  outbox->datagrams++;
  outbox->bytes += length;
  if (length < outbox->segment_size[last]) outbox->is_closed = true;
}

static void add_cut(struct outbox *outbox, struct cut *cut, uint32_t address, uint16_t port) {
  for (;;) {
    if (outbox->headers == HEADERS || outbox->parts + 2 > PARTS || outbox->messages == MESSAGES_PER_CALL) {
      flush(outbox);
    }
    uint8_t *headers = outbox->header_bytes[outbox->headers];
    uint8_t *payload;
    uint32_t length;
    if (!cut_next(cut, headers, &payload, &length)) return;
    outbox->headers++;
    const struct iovec parts[2] = {{headers, cut->packet.headers}, {payload, length}};
    add(outbox, parts, 2, address, port);
  }
}

// Adds a slot. False: the slot is invalid.
static bool add_slot(struct outbox *outbox, const struct packet_batch *batch, uint32_t slot) {
  struct virtio_net_hdr header = {0};
  uint32_t offset, length;
  uint32_t address = htonl((uint32_t)batch->address[slot]);
  uint16_t port = htons(batch->port[slot]);
  if (!batch_take_slot(batch, slot, &offset, &length, &header)) return false;
  uint8_t *bytes = batch->bytes + offset;
  if (header.gso_type != VIRTIO_NET_HDR_GSO_NONE) {
    struct cut cut;
    if (!cut_begin(&cut, bytes, length, &header)) return false;
    add_cut(outbox, &cut, address, port);
    return true;
  }
  if (length > MAX_DATAGRAM_LENGTH) return false;
  if (header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) complete_checksum(bytes, length, &header);
  if (outbox->parts + 2 > PARTS) flush(outbox);
  const struct iovec part = {bytes, length};
  add(outbox, &part, 1, address, port);
  return true;
}

int udp_send_batch(int fd, const struct packet_batch *batch, uint32_t count, double *counters) {
  struct outbox outbox;
  outbox.fd = fd;
  outbox.waits = MAX_WAITS_PER_BATCH;
  outbox.sent = 0;
  outbox.counters = counters;
  outbox.messages = outbox.parts = outbox.headers = 0;
  outbox.is_closed = true;
  for (uint32_t slot = 0; slot < count; slot++) {
    if (batch->port[slot] == 0) continue;
    if (!add_slot(&outbox, batch, slot)) counters[COUNTER_REFUSED_WRITES]++;
  }
  flush(&outbox);
  return outbox.sent;
}

#include "udp.h"

#include "io/io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#ifndef UDP_GRO
#define UDP_GRO 104 // Linux 5.0
#endif

// Room for the control message of UDP_GRO.
union control {
  struct cmsghdr aligned;
  uint8_t bytes[CMSG_SPACE(sizeof(int))];
};

// The arrays of one recvmmsg, on the stack.
struct messages {
  struct mmsghdr headers[MESSAGES_PER_CALL];
  struct iovec parts[MESSAGES_PER_CALL];
  struct sockaddr_in peers[MESSAGES_PER_CALL];
  union control controls[MESSAGES_PER_CALL];
};

static uint32_t prepare(struct messages *messages, const struct packet_batch *batch, size_t at, size_t limit,
                        size_t stride, uint32_t slots) {
  uint32_t count = 0;
  uint32_t most = slots < MESSAGES_PER_CALL ? slots : MESSAGES_PER_CALL;
  for (; count < most && at <= limit && limit - at >= MESSAGE_ROOM; count++, at += stride) {
    messages->parts[count] = (struct iovec){batch->bytes + at, MESSAGE_ROOM};
    messages->headers[count].msg_hdr = (struct msghdr){
        .msg_name = &messages->peers[count],
        .msg_namelen = sizeof messages->peers[count],
        .msg_iov = &messages->parts[count],
        .msg_iovlen = 1,
        .msg_control = messages->controls[count].bytes,
        .msg_controllen = sizeof messages->controls[count].bytes,
    };
  }
  return count;
}

// Bytes of each datagram of a message, or 0: it is one.
static uint32_t segment_size(struct msghdr *message) {
  for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item != NULL; item = CMSG_NXTHDR(message, item)) {
    if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO) {
      int size;
      memcpy(&size, CMSG_DATA(item), sizeof size);
      return size > 0 && size <= UINT16_MAX ? (uint32_t)size : 0;
    }
  }
  return 0;
}

// Makes slots of a message's datagrams, from `slot` on. Returns how many.
static uint32_t put_datagrams(struct packet_batch *batch, uint32_t slot, size_t offset, struct mmsghdr *received,
                              const struct sockaddr_in *peer, double *counters) {
  uint32_t length = received->msg_len;
  if (received->msg_hdr.msg_flags & MSG_TRUNC) {
    counters[COUNTER_TRUNCATED_READS]++;
    return 0;
  }
  if (received->msg_hdr.msg_namelen != sizeof *peer || peer->sin_family != AF_INET) {
    counters[COUNTER_REFUSED_READS]++;
    return 0;
  }
  uint32_t step = segment_size(&received->msg_hdr);
  if (step == 0 || step > length) step = length;
  uint32_t count = length == 0 ? 1 : (length + step - 1) / step;
  if (count > batch->capacity - slot) {
    counters[COUNTER_TRUNCATED_READS] += count;
    return 0;
  }
  static const struct virtio_net_hdr plain = {0};
  for (uint32_t i = 0; i < count; i++) {
    uint32_t at = i * step;
    batch_put_slot(batch, slot + i, (uint32_t)offset + at, length - at < step ? length - at : step, &plain);
    batch->address[slot + i] = (int32_t)ntohl(peer->sin_addr.s_addr);
    batch->port[slot + i] = ntohs(peer->sin_port);
  }
  return count;
}

int udp_receive_batch(int fd, struct packet_batch *batch, size_t limit, uint32_t headroom,
                      enum merge_level level, double *counters) {
  size_t gap = align_up(headroom);
  size_t stride = align_up(MESSAGE_ROOM) + gap;
  size_t next = gap;
  uint32_t count = 0;
  struct messages messages;
  if (limit > UINT32_MAX) limit = UINT32_MAX; // offsets are 32 bits

  for (;;) {
    // A message may be as many datagrams as one that is sent: only that many messages fit for sure. At least one is
    // tried, so that a batch of few slots makes progress.
    uint32_t slots = batch->capacity - count;
    uint32_t safe = slots / MAX_SEGMENTS;
    uint32_t wanted = prepare(&messages, batch, next, limit, stride, safe > 0 ? safe : (slots > 0 && count == 0));
    if (wanted == 0) break;
    int received;
    do {
      received = recvmmsg(fd, messages.headers, wanted, MSG_DONTWAIT, NULL);
    } while (received < 0 && errno == EINTR);
    if (received < 0) {
      if (count == 0 && errno != EAGAIN) return -errno;
      break;
    }
    for (int i = 0; i < received; i++, next += stride) {
      count += put_datagrams(batch, count, next, &messages.headers[i], &messages.peers[i], counters);
    }
    if ((uint32_t)received < wanted) break;
  }
  return (int)merge_packets(batch, count, level);
}

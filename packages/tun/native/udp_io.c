#include "udp_io.h"

#include "packet_batch.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 // Linux 4.18
#endif
#ifndef UDP_GRO
#define UDP_GRO 104 // Linux 5.0
#endif

// Room for the one control message that each direction uses: an int from UDP_GRO, a uint16_t to UDP_SEGMENT.
union control {
  struct cmsghdr aligned;
  uint8_t bytes[CMSG_SPACE(sizeof(int))];
};

// The arrays of one recvmmsg or sendmmsg, on the stack.
struct messages {
  struct mmsghdr headers[MESSAGES_PER_CALL];
  struct iovec parts[MESSAGES_PER_CALL];
  struct sockaddr_in peers[MESSAGES_PER_CALL];
  union control controls[MESSAGES_PER_CALL];
};

static void set_message(struct messages *messages, uint32_t index, uint8_t *bytes, size_t length) {
  messages->parts[index] = (struct iovec){bytes, length};
  messages->headers[index].msg_hdr = (struct msghdr){
      .msg_name = &messages->peers[index],
      .msg_namelen = sizeof messages->peers[index],
      .msg_iov = &messages->parts[index],
      .msg_iovlen = 1,
  };
}

static uint32_t received_segment_size(struct msghdr *message) {
  for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item != NULL; item = CMSG_NXTHDR(message, item)) {
    if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO) {
      int size;
      memcpy(&size, CMSG_DATA(item), sizeof size);
      return size > 0 && size <= UINT16_MAX ? (uint32_t)size : 0;
    }
  }
  return 0;
}

static bool put_datagram(struct datagram_batch *batch, uint32_t slot, uint32_t offset, struct mmsghdr *received,
                         const struct sockaddr_in *peer, double *counters) {
  if (received->msg_hdr.msg_flags & MSG_TRUNC) {
    counters[COUNTER_TRUNCATED_READS]++;
    return false;
  }
  if (received->msg_hdr.msg_namelen != sizeof *peer || peer->sin_family != AF_INET) {
    counters[COUNTER_REFUSED_READS]++;
    return false;
  }
  uint32_t segment_size = received_segment_size(&received->msg_hdr);
  batch->offset[slot] = offset;
  batch->length[slot] = received->msg_len;
  batch->segment_size[slot] = (uint16_t)(segment_size < received->msg_len ? segment_size : 0);
  memcpy(batch->address + (size_t)slot * ADDRESS_LENGTH, &peer->sin_addr, ADDRESS_LENGTH);
  batch->port[slot] = ntohs(peer->sin_port);
  return true;
}

int udp_receive_batch(int fd, struct datagram_batch *batch, size_t limit, uint32_t headroom, uint32_t room,
                      double *counters) {
  size_t gap = align_up(headroom);
  size_t stride = align_up(room) + gap;
  size_t next = gap;
  uint32_t count = 0;
  struct messages messages;
  if (limit > UINT32_MAX) limit = UINT32_MAX; // offsets are 32 bits

  // Slots are claimed before it is known whether their message is good, so that refused ones count as work too.
  for (uint32_t claimed = 0; claimed < batch->capacity;) {
    uint32_t wanted = 0;
    size_t at = next;
    for (; wanted < MESSAGES_PER_CALL && claimed + wanted < batch->capacity && at <= limit && limit - at >= room;
         wanted++, at += stride) {
      set_message(&messages, wanted, batch->bytes + at, room);
      messages.headers[wanted].msg_hdr.msg_control = messages.controls[wanted].bytes;
      messages.headers[wanted].msg_hdr.msg_controllen = sizeof messages.controls[wanted].bytes;
    }
    if (wanted == 0) break;
    int received;
    do {
      received = recvmmsg(fd, messages.headers, wanted, MSG_DONTWAIT, NULL);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return count > 0 || errno == EAGAIN ? (int)count : -errno;
    for (int i = 0; i < received; i++, next += stride) {
      if (put_datagram(batch, count, (uint32_t)next, &messages.headers[i], &messages.peers[i], counters)) count++;
    }
    claimed += (uint32_t)received;
    if ((uint32_t)received < wanted) break;
  }
  return (int)count;
}

// Copies a slot to locals, checks it and makes a message of it. False: the slot lies.
static bool take_datagram(const struct datagram_batch *batch, uint32_t slot, struct messages *messages,
                          uint32_t index) {
  uint32_t offset = *(volatile uint32_t *)&batch->offset[slot];
  uint32_t length = *(volatile uint32_t *)&batch->length[slot];
  uint16_t segment_size = *(volatile uint16_t *)&batch->segment_size[slot];
  uint16_t port = batch->port[slot];
  if (length > MAX_DATAGRAM_LENGTH || port == 0) return false;
  if (offset > batch->bytes_length || length > batch->bytes_length - offset) return false;
  if (segment_size > 0 && length > (uint32_t)segment_size * MAX_SEGMENTS) return false;

  set_message(messages, index, batch->bytes + offset, length);
  messages->peers[index] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
  memcpy(&messages->peers[index].sin_addr, batch->address + (size_t)slot * ADDRESS_LENGTH, ADDRESS_LENGTH);
  if (segment_size > 0 && segment_size < length) {
    struct msghdr *message = &messages->headers[index].msg_hdr;
    memset(&messages->controls[index], 0, sizeof messages->controls[index]);
    message->msg_control = messages->controls[index].bytes;
    message->msg_controllen = CMSG_SPACE(sizeof segment_size);
    struct cmsghdr *item = CMSG_FIRSTHDR(message);
    item->cmsg_level = IPPROTO_UDP;
    item->cmsg_type = UDP_SEGMENT;
    item->cmsg_len = CMSG_LEN(sizeof segment_size);
    memcpy(CMSG_DATA(item), &segment_size, sizeof segment_size);
  }
  return true;
}

// Sends all of `messages`; sendmmsg stops at the first that fails, which is counted and passed over.
static int send_messages(int fd, struct messages *messages, uint32_t count, int *waits, double *counters) {
  int sent = 0;
  for (uint32_t done = 0; done < count;) {
    int accepted = sendmmsg(fd, messages->headers + done, count - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (accepted > 0) {
      sent += accepted;
      done += (uint32_t)accepted;
      continue;
    }
    int error = accepted < 0 ? errno : EIO;
    if (error == EINTR || wait_for_queue(fd, error, waits)) continue;
    count_write_error(counters, error);
    done++;
  }
  return sent;
}

int udp_send_batch(int fd, const struct datagram_batch *batch, uint32_t count, double *counters) {
  struct messages messages;
  int waits = WAITS_PER_BATCH;
  int sent = 0;
  uint32_t pending = 0;
  for (uint32_t slot = 0; slot < count; slot++) {
    if (!take_datagram(batch, slot, &messages, pending)) {
      counters[COUNTER_REFUSED_WRITES]++;
      continue;
    }
    if (++pending == MESSAGES_PER_CALL) {
      sent += send_messages(fd, &messages, pending, &waits, counters);
      pending = 0;
    }
  }
  return sent + send_messages(fd, &messages, pending, &waits, counters);
}

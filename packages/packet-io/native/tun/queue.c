#include "queue.h"

#include "io/io.h"

#include <errno.h>
#include <sys/uio.h>

static ssize_t read_packet(const struct tun_queue *queue, struct virtio_net_hdr *header, uint8_t *packet) {
  struct iovec parts[2] = {{header, sizeof *header}, {packet, READ_ROOM}};
  ssize_t got;
  do {
    got = queue->has_vnet_header ? readv(queue->fd, parts, 2) : readv(queue->fd, parts + 1, 1);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return -errno;
  if (!queue->has_vnet_header) {
    *header = (struct virtio_net_hdr){0};
    return got;
  }
  return got < (ssize_t)sizeof *header ? 0 : got - (ssize_t)sizeof *header;
}

int tun_read_batch(const struct tun_queue *queue, struct packet_batch *batch, size_t limit, uint32_t headroom,
                   enum merge_level level) {
  size_t gap = align_up(headroom);
  size_t next = gap;
  uint32_t count = 0;
  if (limit > UINT32_MAX) limit = UINT32_MAX; // offsets are 32 bits

  // Attempts are counted, not packets: a flood of packets that are all refused must not hold the caller here.
  for (uint32_t attempt = 0; attempt < batch->capacity && next <= limit && limit - next >= READ_ROOM; attempt++) {
    struct virtio_net_hdr header;
    uint8_t *packet = batch->bytes + next;
    ssize_t length = read_packet(queue, &header, packet);
    if (length < 0) {
      if (length == -EAGAIN || count > 0) break;
      return (int)length;
    }
    if (length > (ssize_t)MAX_PACKET_LENGTH) {
      queue->counters[COUNTER_TRUNCATED_READS]++;
      continue;
    }
    header.flags &= VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID;
    if (length == 0 || !vnet_header_measure(&header, packet, (uint32_t)length) ||
        !vnet_header_is_sound(&header, (uint32_t)length)) {
      queue->counters[COUNTER_REFUSED_READS]++;
      continue;
    }
    batch_put_slot(batch, count++, (uint32_t)next, (uint32_t)length, &header);
    next = align_up(next + (size_t)length) + gap;
  }
  return (int)merge_packets(batch, count, level);
}

// Returns the bytes written or -errno.
static ssize_t write_packet(const struct tun_queue *queue, const struct iovec *parts, int part_count, int *waits) {
  for (;;) {
    ssize_t written = writev(queue->fd, parts, part_count);
    if (written >= 0) return written;
    int error = errno;
    if (error != EINTR && !wait_for_queue(queue->fd, error, waits)) return -error;
  }
}

bool tun_write_slot(const struct tun_queue *queue, const struct packet_batch *batch, uint32_t slot, int *waits) {
  struct virtio_net_hdr header = {0};
  uint32_t offset, length;
  if (!batch_take_slot(batch, slot, &offset, &length, &header)) {
    queue->counters[COUNTER_REFUSED_WRITES]++;
    return false;
  }
  bool needs_offload = header.gso_type != VIRTIO_NET_HDR_GSO_NONE || (header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;
  if (needs_offload && !queue->has_vnet_header) {
    // Without the header the kernel would take an unfinished checksum for a finished one.
    queue->counters[COUNTER_REFUSED_WRITES]++;
    return false;
  }

  struct iovec parts[2] = {{&header, sizeof header}, {batch->bytes + offset, length}};
  ssize_t expected = length;
  ssize_t result;
  if (queue->has_vnet_header) {
    expected += sizeof header;
    result = write_packet(queue, parts, 2, waits);
  } else {
    result = write_packet(queue, parts + 1, 1, waits);
  }
  if (result == expected) return true;
  if (result >= 0) {
    queue->counters[COUNTER_SHORT_WRITES]++;
  } else {
    count_write_error(queue->counters, -result);
  }
  return false;
}

int tun_write_batch(const struct tun_queue *queue, const struct packet_batch *batch, uint32_t count) {
  int written = 0;
  int waits = MAX_WAITS_PER_BATCH;
  for (uint32_t slot = 0; slot < count; slot++) {
    if (tun_write_slot(queue, batch, slot, &waits)) written++;
  }
  return written;
}

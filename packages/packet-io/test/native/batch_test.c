// Runs the packet path over socket pairs (message-wise, as a TUN queue is) with batches that lie, in exactly sized
// heap blocks: the sanitizers see each byte that is touched outside. Ends with 0 when all holds.
#include "tun/tun.h"
#include "wait/wait.h"
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void make_pair(int pair[2]) {
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
}

static void judge_headers_at_their_limits(void) {
  static const struct {
    struct virtio_net_hdr header;
    uint32_t length;
    bool sound;
  } cases[] = {
      {{.hdr_len = 100}, 100, true},
      {{.hdr_len = 101}, 100, false},
      {{.flags = 1, .csum_start = 90, .csum_offset = 8}, 100, true},
      {{.flags = 1, .csum_start = 90, .csum_offset = 9}, 100, false},
      {{.csum_start = 90, .csum_offset = 9}, 100, true}, // no checksum to complete: the positions mean nothing
      {{.flags = 1, .csum_start = 65535, .csum_offset = 65535}, 65534, false},
      {{.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .gso_size = 1}, 100, true},
      {{.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .gso_size = 0}, 100, false},
      {{.gso_type = VIRTIO_NET_HDR_GSO_TCPV6 | VIRTIO_NET_HDR_GSO_ECN, .gso_size = 1}, 100, true},
      {{.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4 | VIRTIO_NET_HDR_GSO_ECN, .gso_size = 1}, 100, false},
      {{.gso_type = VIRTIO_NET_HDR_GSO_ECN, .gso_size = 1}, 100, false},
      {{.gso_type = 2, .gso_size = 1}, 100, false},
      {{.flags = 4}, 100, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    CHECK(vnet_header_is_sound(&cases[i].header, cases[i].length) == cases[i].sound);
  }
}

static void measure_headers_at_their_limits(void) {
  static const struct {
    uint8_t gso_type;
    uint16_t start;
    uint8_t tcp_words;
    uint32_t length;
    int expected; // -1: does not fit
  } cases[] = {
      {1, 20, 5, 40, 40},      {1, 20, 5, 39, -1},          {1, 20, 15, 80, 80},         {1, 20, 15, 79, -1},
      {1, 20, 4, 100, -1},     {4, 65515, 5, 65575, 65535}, {4, 65515, 6, 65575, -1},    {5, 40, 0, 48, 48},
      {5, 40, 0, 47, -1},      {0, 20, 5, 40, 0},           {0x81, 20, 5, 40, 40},     {1, 20, 5, 30, -1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t *packet = calloc(1, cases[i].length);
    if (cases[i].start + 12u < cases[i].length) packet[cases[i].start + 12] = (uint8_t)(cases[i].tcp_words << 4);
    struct virtio_net_hdr header = {
        .flags = 1, .gso_type = cases[i].gso_type, .gso_size = 1, .hdr_len = 7, .csum_start = cases[i].start};
    bool fits = vnet_header_measure(&header, packet, cases[i].length);
    CHECK(fits == (cases[i].expected >= 0));
    CHECK(!fits || header.hdr_len == cases[i].expected);
    free(packet);
  }
}

static void write_random_batches(void) {
  static const uint8_t types[] = {0, 0, 0, 1, 2, 3, 4, 5, 0x80, 0x81, 0x84, 0x85};
  double counters[COUNTER_SLOTS] = {0};
  long written = 0, drained = 0, slots = 0;
  int pair[2];
  make_pair(pair);
  struct tun_queue queue = {.fd = pair[0], .counters = counters};
  uint8_t *sink = malloc(70000);

  for (int round = 0; round < 20000; round++) {
    uint32_t size = 1 + next_random() % 3000;
    struct packet_batch batch = make_batch(size, 4);
    memset(batch.bytes, 0x45, size);
    for (uint32_t i = 0; i < 4; i++) {
      batch.offset[i] = random_value(size);
      batch.length[i] = random_value(size);
      batch.flags[i] = (uint8_t)(next_random() % 5);
      batch.gso_type[i] = types[next_random() % sizeof types];
      batch.gso_size[i] = (uint16_t)random_value(1400);
      batch.header_length[i] = (uint16_t)random_value(40);
      batch.checksum_start[i] = (uint16_t)random_value(size);
      batch.checksum_offset[i] = (uint16_t)random_value(16);
    }
    queue.has_vnet_header = next_random() % 2;
    written += tun_write_batch(&queue, &batch, 4);
    slots += 4;
    while (recv(pair[1], sink, 70000, 0) > 0) drained++;
    free_batch(&batch);
  }
  CHECK(written > 0 && written < slots);
  CHECK(drained == written);
  CHECK(written + total(counters) == slots);
  CHECK(counters[COUNTER_REFUSED_WRITES] == total(counters));
  free(sink);
  close(pair[0]);
  close(pair[1]);
}

static void read_random_packets(void) {
  double counters[COUNTER_SLOTS] = {0};
  long sent = 0, got = 0;
  int pair[2];
  make_pair(pair);
  struct tun_queue queue = {.fd = pair[0], .has_vnet_header = true, .counters = counters};
  uint8_t *packet = malloc(4096);

  for (int round = 0; round < 5000; round++) {
    uint32_t capacity = 1 + next_random() % 6;
    uint32_t headroom = next_random() % 100;
    size_t size = next_random() % (3 * READ_ROOM);
    struct packet_batch batch = make_batch(size == 0 ? 1 : size, capacity);
    for (int i = 0; i < 4; i++) {
      struct virtio_net_hdr header;
      for (size_t at = 0; at < sizeof header; at++) ((uint8_t *)&header)[at] = (uint8_t)(next_random() % 6);
      uint32_t length = 1 + next_random() % 2000;
      memset(packet, 0x55, length + sizeof header);
      memcpy(packet, &header, sizeof header);
      if (send(pair[1], packet, next_random() % 50 == 0 ? 1 : length + sizeof header, 0) > 0) sent++;
    }
    int count;
    do {
      uint32_t earliest = 0;
      count = tun_read_batch(&queue, &batch, size, headroom, MERGE_NONE);
      CHECK(count >= 0 && (uint32_t)count <= capacity);
      for (int i = 0; i < count; i++) {
        uint32_t offset, length;
        struct virtio_net_hdr header;
        CHECK(batch_take_slot(&batch, (uint32_t)i, &offset, &length, &header));
        CHECK(offset % PACKET_ALIGNMENT == 0 && offset >= earliest + headroom);
        earliest = offset + length;
      }
      got += count;
    } while (count > 0);
    free_batch(&batch);
  }
  // What found no room in its round is still queued.
  struct packet_batch rest = make_batch(8 * READ_ROOM, 64);
  for (int round = 0; round < 100000; round++) got += tun_read_batch(&queue, &rest, rest.bytes_length, 64, MERGE_NONE);
  CHECK(got > 0 && counters[COUNTER_REFUSED_READS] > 0);
  CHECK(got + total(counters) == sent);
  free_batch(&rest);
  free(packet);
  close(pair[0]);
  close(pair[1]);
}

static void count_packets_that_are_too_long(void) {
  double counters[COUNTER_SLOTS] = {0};
  int pair[2];
  make_pair(pair);
  int room = 1 << 20;
  CHECK(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
  struct packet_batch batch = make_batch(2 * READ_ROOM, 4);
  uint8_t *packet = calloc(1, READ_ROOM + 100);
  struct tun_queue queue = {.fd = pair[0], .counters = counters};
  CHECK(send(pair[1], packet, READ_ROOM + 100, 0) > 0);
  CHECK(send(pair[1], packet, MAX_PACKET_LENGTH + 1, 0) > 0);
  CHECK(send(pair[1], packet, MAX_PACKET_LENGTH, 0) > 0);
  CHECK(tun_read_batch(&queue, &batch, batch.bytes_length, 0, MERGE_ALL) == 1);
  CHECK(batch.length[0] == MAX_PACKET_LENGTH && counters[COUNTER_TRUNCATED_READS] == 2);
  free(packet);
  free_batch(&batch);
  close(pair[0]);
  close(pair[1]);
}

static void count_full_queues_and_short_writes(void) {
  double counters[COUNTER_SLOTS] = {0};
  struct packet_batch batch = make_batch(60000, 16);
  memset(batch.bytes, 0, 60000);
  for (int i = 0; i < 16; i++) batch.length[i] = 60000;
  int pair[2];
  make_pair(pair);
  struct tun_queue queue = {.fd = pair[0], .has_vnet_header = true, .counters = counters};
  int written = tun_write_batch(&queue, &batch, 16);
  CHECK(written > 0 && written < 16 && counters[EAGAIN] == 16 - written);
  close(pair[0]);
  close(pair[1]);

  int ends[2];
  CHECK(pipe2(ends, O_NONBLOCK) == 0);
  queue.fd = ends[1];
  written = tun_write_batch(&queue, &batch, 3);
  CHECK(written == 1 && counters[COUNTER_SHORT_WRITES] == 1);
  close(ends[0]);
  close(ends[1]);

  queue.fd = -1;
  CHECK(tun_write_batch(&queue, &batch, 3) == 0 && counters[EBADF] == 3);
  struct packet_batch room = make_batch(2 * READ_ROOM, 1);
  CHECK(tun_read_batch(&queue, &room, room.bytes_length, 64, MERGE_NONE) == -EBADF);
  free_batch(&room);
  free_batch(&batch);
}

// Every array that a block is opened to lies in it, and blocks that are too short by any number of bytes are refused.
static void open_blocks_of_every_size(void) {
  for (uint32_t capacity = 0; capacity < 70; capacity += 3) {
    for (uint32_t kind = BATCH_OF_PACKETS; kind <= BATCH_OF_DATAGRAMS + 1; kind++) {
      size_t shortest = 0;
      for (size_t size = 0; size < 4096; size++) {
        uint8_t *block = calloc(1, size + 1);
        if (size >= sizeof(struct batch_block_header)) *(struct batch_block_header *)block = (struct batch_block_header){capacity, kind};
        struct packet_batch batch = {0};
        if (batch_block_open(block, size, BATCH_OF_DATAGRAMS, &batch)) {
          CHECK(kind == BATCH_OF_DATAGRAMS && batch.capacity == capacity);
          if (shortest == 0) shortest = size;
          CHECK((uint8_t *)(batch.port + capacity) <= block + size && (uint8_t *)batch.address > (uint8_t *)(batch.checksum_offset + capacity));
        } else {
          CHECK(shortest == 0);
        }
        if (batch_block_open(block, size, BATCH_OF_PACKETS, &batch)) {
          CHECK(batch.address == NULL && batch.port == NULL);
          CHECK((uint8_t *)(batch.checksum_offset + capacity) <= block + size);
          for (uint32_t slot = 0; slot < capacity; slot++) batch.offset[slot] = batch.gso_type[slot] = batch.checksum_offset[slot] = 1;
        }
        free(block);
      }
      CHECK((shortest > 0) == (kind == BATCH_OF_DATAGRAMS));
    }
  }
  struct batch_block_header absurd[8] = {{UINT32_MAX, BATCH_OF_PACKETS}};
  struct packet_batch batch;
  CHECK(!batch_block_open((uint8_t *)absurd, sizeof absurd, BATCH_OF_PACKETS, &batch));
}

static void wait_for_descriptors(void) {
  int pair[2];
  make_pair(pair);
  int32_t fds[MAX_WAIT_FDS + 1], events[MAX_WAIT_FDS + 1], ready[MAX_WAIT_FDS + 1];
  for (int i = 0; i <= MAX_WAIT_FDS; i++) fds[i] = pair[0], events[i] = 1, ready[i] = 9;
  CHECK(wait_ready(fds, events, ready, MAX_WAIT_FDS, 1, 100) == 0 && ready[0] == 0);
  CHECK(wait_ready(fds, events, ready, MAX_WAIT_FDS + 1, 0, 0) == -EINVAL);
  CHECK(send(pair[1], "x", 1, 0) == 1);
  CHECK(wait_ready(fds, events, ready, MAX_WAIT_FDS, -1, 100) == MAX_WAIT_FDS && ready[63] == 1);
  close(pair[0]);
  close(pair[1]);
}

int main(void) {
  judge_headers_at_their_limits();
  measure_headers_at_their_limits();
  write_random_batches();
  read_random_packets();
  count_packets_that_are_too_long();
  count_full_queues_and_short_writes();
  open_blocks_of_every_size();
  wait_for_descriptors();
  return 0;
}

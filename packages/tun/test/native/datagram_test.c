// Runs the UDP path over loopback with batches that lie, in exactly sized heap blocks: the sanitizers see each byte that
// is touched outside. Ends with 0 when all holds.
#include "../../native/udp_io.h"
#include "../../native/udp_open.h"
#include "check.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct datagram_batch make_batch(size_t bytes, uint32_t capacity) {
  return (struct datagram_batch){
      .bytes = calloc(1, bytes),
      .bytes_length = bytes,
      .capacity = capacity,
      .offset = calloc(capacity, 4),
      .length = calloc(capacity, 4),
      .segment_size = calloc(capacity, 2),
      .address = calloc(capacity, ADDRESS_LENGTH),
      .port = calloc(capacity, 2),
  };
}

static void free_batch(struct datagram_batch *batch) {
  free(batch->bytes);
  free(batch->offset);
  free(batch->length);
  free(batch->segment_size);
  free(batch->address);
  free(batch->port);
}

static struct udp_opened open_loopback(bool merge) {
  struct udp_options options = {.merge = merge, .receive_buffer = 1 << 20};
  struct udp_opened opened;
  options.local.sin_family = AF_INET;
  options.local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(udp_open(&options, &opened) == 0);
  return opened;
}

int main(void) {
  double counters[COUNTER_SLOTS] = {0};
  double receive_counters[COUNTER_SLOTS] = {0};
  long sent = 0, slots = 0, received = 0;

  for (int round = 0; round < 3000; round++) {
    struct udp_opened sender = open_loopback(false);
    struct udp_opened receiver = open_loopback(round % 2);
    uint32_t size = 1 + next_random() % 3000;
    uint32_t capacity = 1 + next_random() % 100;
    struct datagram_batch batch = make_batch(size, capacity);
    for (uint32_t i = 0; i < capacity; i++) {
      batch.offset[i] = random_value(size);
      batch.length[i] = random_value(size);
      batch.segment_size[i] = (uint16_t)(next_random() % 2 ? 0 : random_value(500));
      batch.port[i] = next_random() % 20 ? ntohs(receiver.local.sin_port) : 0;
      uint32_t address = htonl(INADDR_LOOPBACK);
      memcpy(batch.address + i * ADDRESS_LENGTH, &address, ADDRESS_LENGTH);
    }
    sent += udp_send_batch(sender.fd, &batch, capacity, counters);
    slots += capacity;
    free_batch(&batch);

    uint32_t room = 1 + next_random() % 4000;
    uint32_t headroom = next_random() % 100;
    size_t bytes = 1 + next_random() % 100000;
    struct datagram_batch inbox = make_batch(bytes, 1 + next_random() % 100);
    int count = udp_receive_batch(receiver.fd, &inbox, bytes, headroom, room, receive_counters);
    CHECK(count >= 0 && (uint32_t)count <= inbox.capacity);
    uint32_t earliest = 0;
    for (int i = 0; i < count; i++) {
      CHECK(inbox.offset[i] % 4 == 0 && inbox.offset[i] >= earliest + headroom);
      CHECK(inbox.length[i] <= room && inbox.offset[i] + inbox.length[i] <= bytes);
      CHECK(inbox.segment_size[i] < inbox.length[i] || inbox.segment_size[i] == 0);
      CHECK(inbox.port[i] == ntohs(sender.local.sin_port));
      earliest = inbox.offset[i] + inbox.length[i];
    }
    received += count;
    free_batch(&inbox);
    close(sender.fd);
    close(receiver.fd);
  }
  CHECK(sent > 0 && received > 0 && receive_counters[COUNTER_TRUNCATED_READS] > 0);
  CHECK(counters[COUNTER_REFUSED_WRITES] > 0);
  CHECK(sent + total(counters) == slots);
  return 0;
}

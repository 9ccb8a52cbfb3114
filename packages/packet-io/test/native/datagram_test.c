// Runs the UDP path over loopback with batches that lie, in exactly sized heap blocks: the sanitizers see each byte that
// is touched outside. Ends with 0 when all holds.
#include "udp/udp.h"
#include "batch.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

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
    struct packet_batch batch = make_datagram_batch(size, capacity);
    uint32_t skipped = 0;
    for (uint32_t i = 0; i < capacity; i++) {
      batch.offset[i] = random_value(size);
      batch.length[i] = random_value(size);
      // Unfinished checksums at absurd places; super-packets are in merge_test.c.
      batch.flags[i] = (uint8_t)(next_random() % 3);
      batch.checksum_start[i] = (uint16_t)random_value(size);
      batch.checksum_offset[i] = (uint16_t)random_value(20);
      batch.port[i] = next_random() % 20 ? ntohs(receiver.local.sin_port) : 0;
      batch.address[i] = INADDR_LOOPBACK;
      skipped += batch.port[i] == 0;
    }
    sent += udp_send_batch(sender.fd, &batch, capacity, counters);
    slots += capacity - skipped;
    free_batch(&batch);

    uint32_t headroom = next_random() % 100;
    size_t bytes = MESSAGE_ROOM + next_random() % 300000;
    struct packet_batch inbox = make_datagram_batch(bytes, 1 + next_random() % 1000);
    int count = udp_receive_batch(receiver.fd, &inbox, bytes, headroom, (enum merge_level)(round % 3), receive_counters);
    CHECK(count >= 0 && (uint32_t)count <= inbox.capacity);
    uint32_t earliest = 0;
    for (int i = 0; i < count; i++) {
      CHECK(inbox.offset[i] >= earliest && inbox.offset[i] + inbox.length[i] <= bytes);
      CHECK(inbox.port[i] == ntohs(sender.local.sin_port) && inbox.address[i] == INADDR_LOOPBACK);
      earliest = inbox.offset[i] + inbox.length[i];
    }
    received += count;
    free_batch(&inbox);
    close(sender.fd);
    close(receiver.fd);
  }
  CHECK(sent > 0 && received > 0 && counters[COUNTER_REFUSED_WRITES] > 0);
  CHECK(sent + total(counters) == slots);
  return 0;
}

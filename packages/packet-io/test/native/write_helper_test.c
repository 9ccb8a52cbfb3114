// Writes batches of many flows with a helper to a socket that keeps packets apart, some of them lying, and reads them
// back: each packet arrives once, those of a flow in their order. Ends with 0 when all holds.
#include "packets/packets.h"
#include "tun/tun.h"
#include "batch.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CAPACITY 256u
#define ROOM 2048u
#define FLOWS 40u

static void put_packet(struct packet_batch *batch, uint32_t slot, uint32_t flow, uint32_t number) {
  bool is_ipv6 = flow % 2 == 0;
  uint32_t headers = is_ipv6 ? IPV6_HEADER : IPV4_HEADER;
  uint32_t length = headers + UDP_HEADER + 8 + next_random() % 1400;
  uint8_t *packet = batch->bytes + slot * ROOM;
  memset(packet, 0, length);
  packet[0] = is_ipv6 ? 0x60 : 0x45;
  packet[is_ipv6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL] = flow % 4 < 2 ? PROTOCOL_TCP : PROTOCOL_UDP;
  put16(packet + headers, flow);
  put32(packet + headers + UDP_HEADER, flow);
  put32(packet + headers + UDP_HEADER + 4, number);
  batch->offset[slot] = slot * ROOM;
  batch->length[slot] = length;
}

static uint32_t drain(int fd, uint32_t *last) {
  uint8_t packet[ROOM];
  uint32_t count = 0;
  for (; recv(fd, packet, sizeof packet, MSG_DONTWAIT) > 0; count++) {
    const uint8_t *body = packet + (packet[0] >> 4 == 6 ? IPV6_HEADER : IPV4_HEADER) + UDP_HEADER;
    uint32_t flow = get32(body), number = get32(body + 4);
    CHECK(flow < FLOWS);
    CHECK(number > last[flow]);
    last[flow] = number;
  }
  return count;
}

static volatile sig_atomic_t signals = 0;

static void count_signal(int number) {
  (void)number;
  signals++;
}

// A signal to the process waits while this thread blocks it: the helper takes none. Starting one leaves the caller's mask.
static void leave_signals_to_the_program(void) {
  CHECK(signal(SIGUSR1, count_signal) != SIG_ERR);
  sigset_t usr1, before, after, pending;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  CHECK(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0 && pthread_sigmask(SIG_BLOCK, NULL, &before) == 0);
  struct write_helper *helper;
  CHECK(write_helper_start(&helper) == 0);
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &after) == 0);
  for (int number = 1; number < NSIG; number++) CHECK(sigismember(&before, number) == sigismember(&after, number));
  CHECK(kill(getpid(), SIGUSR1) == 0);
  usleep(20000);
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1 && signals == 0);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL) == 0 && signals == 1);
  write_helper_stop(helper);
}

int main(void) {
  leave_signals_to_the_program();
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) == 0);
  int room = 8 << 20;
  CHECK(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
  double counters[COUNTER_SLOTS] = {0};
  const struct tun_queue queue = {.fd = ends[0], .has_vnet_header = false, .counters = counters};
  uint32_t last[FLOWS] = {0};
  uint32_t number = 0;
  long slots = 0, written = 0, received = 0;
  struct packet_batch batch = make_batch(CAPACITY * ROOM, CAPACITY);

  for (int life = 0; life < 20; life++) {
    struct write_helper *helper;
    CHECK(write_helper_start(&helper) == 0);
    for (int round = 0; round < 100; round++) {
      // Few flows, many, one; small batches that are not shared, too. What a socket keeps is less than 256 packets.
      uint32_t flows = 1 + next_random() % FLOWS;
      uint32_t count = 1 + next_random() % 100;
      for (uint32_t slot = 0; slot < count; slot++) {
        put_packet(&batch, slot, next_random() % flows, ++number);
        if (next_random() % 50 == 0) batch.offset[slot] = UINT32_MAX - next_random() % 3000;
      }
      int now = write_helper_write(helper, &queue, &batch, count);
      CHECK(now >= 0);
      CHECK(drain(ends[1], last) == (uint32_t)now);
      slots += count;
      written += now;
      received += now;
    }
    write_helper_stop(helper);
  }
  CHECK(written == received && written > slots / 2);
  CHECK(total(counters) == (double)(slots - written));
  free_batch(&batch);
  close(ends[0]);
  close(ends[1]);
  return 0;
}

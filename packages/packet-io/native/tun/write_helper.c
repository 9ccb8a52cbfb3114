#include "write_helper.h"

#include "flow_buckets.h"
#include "io/io.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Newer C libraries also have these under a newer version, which older ones do not know; a sanitizer brings its own.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#elif defined(__x86_64__)
__asm__(".symver pthread_create, pthread_create@GLIBC_2.2.5");
__asm__(".symver pthread_join, pthread_join@GLIBC_2.2.5");
__asm__(".symver pthread_sigmask, pthread_sigmask@GLIBC_2.2.5");
#elif defined(__aarch64__)
__asm__(".symver pthread_create, pthread_create@GLIBC_2.17");
__asm__(".symver pthread_join, pthread_join@GLIBC_2.17");
__asm__(".symver pthread_sigmask, pthread_sigmask@GLIBC_2.17");
#endif

// What a batch must cost for a helper to pay: waking it takes as long as writing some packets. Copying 6,000 bytes takes
// about as long as what each write costs besides (docs/performance.md).
#define WORTH_SHARING 65536u
#define COST_OF_A_PACKET 6000u

struct write_helper {
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t has_news;
  // Under the mutex.
  bool waits, stops;
  // Batches so far; a helper that wakes up late must not touch what it was not woken for.
  _Atomic uint32_t given;
  _Atomic uint32_t open; // the batch that may be helped with, or 0
  _Atomic bool is_busy;
  _Atomic uint32_t next; // bucket that nobody has taken yet
  _Atomic uint32_t written;
  const struct tun_queue *queue;
  const struct packet_batch *batch;
  struct flow_buckets buckets;
  double counters[COUNTER_SLOTS]; // of the helper's own writes
};

static void write_buckets(struct write_helper *helper, const struct tun_queue *queue) {
  const struct flow_buckets *buckets = &helper->buckets;
  uint32_t written = 0;
  int waits = MAX_WAITS_PER_BATCH;
  for (;;) {
    uint32_t bucket = atomic_fetch_add(&helper->next, 1);
    if (bucket >= buckets->used) break;
    for (uint32_t slot = buckets->first[bucket]; slot != NO_SLOT; slot = buckets->following[slot]) {
      if (tun_write_slot(queue, helper->batch, slot, &waits)) written++;
    }
  }
  atomic_fetch_add(&helper->written, written);
}

static bool wait_for_batch(struct write_helper *helper, uint32_t seen) {
  pthread_mutex_lock(&helper->mutex);
  helper->waits = true;
  while (atomic_load(&helper->given) == seen && !helper->stops) pthread_cond_wait(&helper->has_news, &helper->mutex);
  helper->waits = false;
  bool goes_on = !helper->stops;
  pthread_mutex_unlock(&helper->mutex);
  return goes_on;
}

static void *help(void *argument) {
  struct write_helper *helper = argument;
  uint32_t seen = 0;
  while (wait_for_batch(helper, seen)) {
    seen = atomic_load(&helper->given);
    // In this order: the thread that gave the batch closes it first, and then waits until the helper is not busy.
    atomic_store(&helper->is_busy, true);
    if (atomic_load(&helper->open) == seen) {
      struct tun_queue queue = *helper->queue;
      queue.counters = helper->counters;
      write_buckets(helper, &queue);
    }
    atomic_store(&helper->is_busy, false);
  }
  return NULL;
}

static void release(struct write_helper *helper) {
  pthread_cond_destroy(&helper->has_news);
  pthread_mutex_destroy(&helper->mutex);
  free(helper);
}

int write_helper_start(struct write_helper **started) {
  struct write_helper *helper = calloc(1, sizeof *helper);
  if (helper == NULL) return -ENOMEM;
  pthread_mutex_init(&helper->mutex, NULL);
  pthread_cond_init(&helper->has_news, NULL);
  // The new thread inherits a mask that blocks every signal: signals are for the threads of the program.
  sigset_t all, before;
  sigfillset(&all);
  int error = pthread_sigmask(SIG_SETMASK, &all, &before);
  if (error == 0) {
    error = pthread_create(&helper->thread, NULL, help, helper);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  if (error != 0) {
    release(helper);
    return -error;
  }
  *started = helper;
  return 0;
}

void write_helper_stop(struct write_helper *helper) {
  pthread_mutex_lock(&helper->mutex);
  helper->stops = true;
  pthread_cond_signal(&helper->has_news);
  pthread_mutex_unlock(&helper->mutex);
  pthread_join(helper->thread, NULL);
  release(helper);
}

static bool is_worth_sharing(const struct packet_batch *batch, uint32_t count) {
  if (count < 2 || count > FLOW_BUCKET_SLOTS) return false;
  uint64_t cost = 0;
  for (uint32_t slot = 0; slot < count && cost < WORTH_SHARING; slot++) cost += batch->length[slot] + COST_OF_A_PACKET;
  return cost >= WORTH_SHARING;
}

static void wake(struct write_helper *helper) {
  pthread_mutex_lock(&helper->mutex);
  uint32_t batch = atomic_load(&helper->given) + 1;
  if (batch == 0) batch = 1;
  atomic_store(&helper->open, batch);
  atomic_store(&helper->given, batch);
  bool waits = helper->waits;
  pthread_mutex_unlock(&helper->mutex);
  if (waits) pthread_cond_signal(&helper->has_news);
}

static void take_counters(struct write_helper *helper, double *counters) {
  for (uint32_t i = 0; i < COUNTER_SLOTS; i++) counters[i] += helper->counters[i];
  memset(helper->counters, 0, sizeof helper->counters);
}

int write_helper_write(struct write_helper *helper, const struct tun_queue *queue, const struct packet_batch *batch,
                       uint32_t count) {
  if (!is_worth_sharing(batch, count)) return tun_write_batch(queue, batch, count);
  flow_buckets_fill(&helper->buckets, batch, count);
  if (helper->buckets.used < 2) return tun_write_batch(queue, batch, count);
  helper->queue = queue;
  helper->batch = batch;
  atomic_store(&helper->written, 0);
  atomic_store(&helper->next, 0);
  wake(helper);
  write_buckets(helper, queue);
  atomic_store(&helper->open, 0);
  // It has begun a write at most, or none.
  while (atomic_load(&helper->is_busy)) sched_yield();
  uint32_t written = atomic_load(&helper->written);
  if (written < count) take_counters(helper, queue->counters);
  return (int)written;
}

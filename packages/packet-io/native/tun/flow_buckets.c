#include "flow_buckets.h"

#include "packets/packets.h"

#include <string.h>

static uint32_t mix(uint32_t hash, const uint8_t *word) {
  hash = (hash ^ get32(word)) * 0x9e3779b1u;
  return hash ^ hash >> 15;
}

// Of the addresses, and of the ports where every packet of the flow has them: fragments do not.
static uint32_t hash_flow(const uint8_t *packet, uint32_t length) {
  uint32_t hash = 0;
  uint32_t addresses, end;
  uint8_t protocol;
  if (length >= IPV6_HEADER && packet[0] >> 4 == 6) {
    addresses = IPV6_ADDRESSES;
    end = IPV6_HEADER;
    protocol = packet[IPV6_NEXT_HEADER];
  } else if (length >= IPV4_HEADER && packet[0] >> 4 == 4) {
    addresses = IPV4_ADDRESSES;
    end = IPV4_HEADER;
    bool is_plain = packet[0] == 0x45 && (get16(packet + IPV4_FRAGMENT) & 0x3fff) == 0;
    protocol = is_plain ? packet[IPV4_PROTOCOL] : 0;
  } else {
    return 0;
  }
  for (uint32_t at = addresses; at < end; at += 4) hash = mix(hash, packet + at);
  bool has_ports = protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP;
  return has_ports && length >= end + 4 ? mix(hash, packet + end) : hash;
}

static uint32_t bucket_of(const struct packet_batch *batch, uint32_t slot) {
  struct virtio_net_hdr header;
  uint32_t offset, length;
  if (!batch_take_slot(batch, slot, &offset, &length, &header)) return 0;
  return (hash_flow(batch->bytes + offset, length) >> 8) % FLOW_BUCKETS;
}

void flow_buckets_fill(struct flow_buckets *buckets, const struct packet_batch *batch, uint32_t count) {
  uint8_t number[FLOW_BUCKETS]; // of a hash; one more than it is
  uint32_t last[FLOW_BUCKETS];
  memset(number, 0, sizeof number);
  buckets->used = 0;
  for (uint32_t slot = 0; slot < count; slot++) {
    uint32_t hash = bucket_of(batch, slot);
    if (number[hash] == 0) {
      number[hash] = (uint8_t)(buckets->used + 1);
      buckets->first[buckets->used++] = slot;
    } else {
      buckets->following[last[number[hash] - 1]] = slot;
    }
    last[number[hash] - 1] = slot;
    buckets->following[slot] = NO_SLOT;
  }
}

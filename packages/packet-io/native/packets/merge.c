#include "merge.h"

#include "checksum.h"
#include "flow_packet.h"

#include <string.h>

// What IPv4 takes as a whole; IPv6 takes 40 more, which nobody needs.
#define MAX_MERGED_BYTES 65535u
// UDP_MAX_SEGMENTS of older kernels.
#define MAX_MERGED_DATAGRAMS 64u
// IPv4 datagrams of UDP with DF clear and more bytes may have to become IPv6 fragments: a super-packet cannot.
#define MAX_BYTES_WITHOUT_DF 1260u
#define IPV4_DF 0x4000u

// A run of packets that became one, or may.
struct run {
  struct flow_packet first;
  uint32_t slot;
  uint32_t segment_size;
  uint32_t segments; // 0: no run
  bool is_partial;
  bool is_verified;
  bool is_closed;
};

static bool is_partial(const struct packet_batch *batch, uint32_t slot) {
  return (batch->flags[slot] & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;
}

// Whether an unfinished checksum is the packet's own, and not that of something inside it.
static bool is_own_checksum(const struct packet_batch *batch, uint32_t slot, const struct flow_packet *packet) {
  uint32_t offset = packet->protocol == PROTOCOL_TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
  return batch->checksum_start[slot] == packet->transport && batch->checksum_offset[slot] == offset;
}

// Whether the packet may be part of a run, as far as it alone can tell.
static bool may_merge(const struct packet_batch *batch, uint32_t slot, enum merge_level level, struct flow_packet *packet) {
  if (batch->gso_type[slot] != VIRTIO_NET_HDR_GSO_NONE) return false;
  if (!flow_packet_read(batch->bytes + batch->offset[slot], batch->length[slot], packet)) return false;
  if (packet->length == packet->headers) return false;
  if (is_partial(batch, slot) && !is_own_checksum(batch, slot, packet)) return false;
  if (packet->protocol == PROTOCOL_TCP) {
    return (packet->bytes[packet->transport + TCP_FLAGS] & ~(TCP_PSH | TCP_ECE)) == TCP_ACK;
  }
  if (level < MERGE_ALL) return false;
  return packet->is_ipv6 || packet->length <= MAX_BYTES_WITHOUT_DF ||
         (get16(packet->bytes + IPV4_FRAGMENT) & IPV4_DF) != 0;
}

// Whether the checksum is yet to be made, or the kernel vouches for it, or it holds. The kernel vouches for UDP without a
// checksum, too (Linux' GRO); merged it would get one that is right.
static bool verify(const struct packet_batch *batch, uint32_t slot, const struct flow_packet *packet) {
  if (is_partial(batch, slot)) return true;
  if (!flow_packet_has_checksum(packet)) return false;
  return (batch->flags[slot] & VIRTIO_NET_HDR_F_DATA_VALID) != 0 || flow_packet_verify(packet);
}

static bool same(const struct flow_packet *one, const struct flow_packet *other, uint32_t from, uint32_t to) {
  return memcmp(one->bytes + from, other->bytes + from, to - from) == 0;
}

// All of the IP header but length, identification and checksum.
static bool same_ip(const struct flow_packet *one, const struct flow_packet *other) {
  if (one->is_ipv6 != other->is_ipv6) return false;
  if (one->is_ipv6) return same(one, other, 0, IPV6_PAYLOAD_LENGTH) && same(one, other, IPV6_NEXT_HEADER, IPV6_HEADER);
  return same(one, other, 0, IPV4_TOTAL_LENGTH) && same(one, other, IPV4_FRAGMENT, IPV4_CHECKSUM) &&
         same(one, other, IPV4_ADDRESSES, IPV4_HEADER);
}

// Ports, acknowledgment, flags but PSH, window and options; the sequence number continues where the run ends.
static bool continues_tcp(const struct flow_packet *first, const struct flow_packet *next) {
  uint32_t at = first->transport;
  const uint8_t *one = first->bytes + at;
  const uint8_t *other = next->bytes + at;
  uint32_t payload = first->length - first->headers;
  return same(first, next, at, at + TCP_SEQUENCE) && same(first, next, at + 8, at + TCP_FLAGS) &&
         ((one[TCP_FLAGS] ^ other[TCP_FLAGS]) & ~TCP_PSH) == 0 && same(first, next, at + 14, at + TCP_CHECKSUM) &&
         same(first, next, at + 18, first->headers) &&
         get32(one + TCP_SEQUENCE) + payload == get32(other + TCP_SEQUENCE);
}

static bool joins(const struct run *run, const struct packet_batch *batch, uint32_t slot,
                  const struct flow_packet *next) {
  const struct flow_packet *first = &run->first;
  if (run->segments == 0 || run->is_closed || run->is_partial != is_partial(batch, slot)) return false;
  if (next->protocol != first->protocol || next->headers != first->headers || !same_ip(first, next)) return false;
  uint32_t payload = next->length - next->headers;
  if (payload > run->segment_size || first->length + payload > MAX_MERGED_BYTES) return false;
  if (batch->address != NULL &&
      (batch->address[slot] != batch->address[run->slot] || batch->port[slot] != batch->port[run->slot])) {
    return false;
  }
  if (first->protocol == PROTOCOL_TCP) return continues_tcp(first, next);
  return run->segments < MAX_MERGED_DATAGRAMS && same(first, next, first->transport, first->transport + UDP_LENGTH);
}

static void append(struct run *run, const struct flow_packet *next) {
  struct flow_packet *first = &run->first;
  uint32_t payload = next->length - next->headers;
  bool pushes =
      first->protocol == PROTOCOL_TCP && (next->bytes[next->transport + TCP_FLAGS] & TCP_PSH) != 0;
  // Towards the front, over headers that nobody needs any more: they are gone now.
  memmove(first->bytes + first->length, next->bytes + next->headers, payload);
  first->length += payload;
  run->segments++;
  if (payload < run->segment_size) run->is_closed = true;
  if (pushes) {
    first->bytes[first->transport + TCP_FLAGS] |= TCP_PSH;
    run->is_closed = true;
  }
}

// Makes the slot of a run of several packets say what it is.
static void finish(const struct run *run, struct packet_batch *batch) {
  if (run->segments < 2) return;
  const struct flow_packet *first = &run->first;
  bool is_tcp = first->protocol == PROTOCOL_TCP;
  flow_packet_set_length(first, first->length);
  uint16_t pseudo = fold_sum(flow_packet_pseudo_sum(first, first->length - first->transport));
  memcpy(flow_packet_checksum(first), &pseudo, sizeof pseudo);
  struct virtio_net_hdr header = {
      .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
      .gso_type = is_tcp ? (first->is_ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4)
                         : VIRTIO_NET_HDR_GSO_UDP_L4,
      .gso_size = (uint16_t)run->segment_size,
      .hdr_len = (uint16_t)first->headers,
      .csum_start = (uint16_t)first->transport,
      .csum_offset = is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM,
  };
  batch_put_slot(batch, run->slot, batch->offset[run->slot], first->length, &header);
}

static void move_slot(struct packet_batch *batch, uint32_t from, uint32_t to) {
  if (from == to) return;
  batch->offset[to] = batch->offset[from];
  batch->length[to] = batch->length[from];
  batch->flags[to] = batch->flags[from];
  batch->gso_type[to] = batch->gso_type[from];
  batch->gso_size[to] = batch->gso_size[from];
  batch->header_length[to] = batch->header_length[from];
  batch->checksum_start[to] = batch->checksum_start[from];
  batch->checksum_offset[to] = batch->checksum_offset[from];
  if (batch->address == NULL) return;
  batch->address[to] = batch->address[from];
  batch->port[to] = batch->port[from];
}

uint32_t merge_packets(struct packet_batch *batch, uint32_t count, enum merge_level level) {
  if (level == MERGE_NONE) return count;
  struct run run = {0};
  uint32_t kept = 0;
  for (uint32_t slot = 0; slot < count; slot++) {
    struct flow_packet packet;
    bool candidate = may_merge(batch, slot, level, &packet);
    if (candidate && joins(&run, batch, slot, &packet)) {
      if (!run.is_verified) {
        run.is_verified = verify(batch, run.slot, &run.first);
        run.is_closed = !run.is_verified;
      }
      if (run.is_verified && verify(batch, slot, &packet)) {
        append(&run, &packet);
        continue;
      }
    }
    finish(&run, batch);
    move_slot(batch, slot, kept);
    run = (struct run){.slot = kept++};
    if (!candidate) continue;
    run.first = packet;
    run.segment_size = packet.length - packet.headers;
    run.segments = 1;
    run.is_partial = is_partial(batch, run.slot);
    run.is_closed = packet.protocol == PROTOCOL_TCP && (packet.bytes[packet.transport + TCP_FLAGS] & TCP_PSH) != 0;
  }
  finish(&run, batch);
  return kept;
}

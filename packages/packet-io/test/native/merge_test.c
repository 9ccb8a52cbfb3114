// Random flows are cut and merged, and cut and merged again, in exactly sized heap blocks: no byte of payload may be lost,
// added or out of order, every checksum must hold that held before, and what is no run must stay as it is. Ends with 0
// when all holds.
#include "packets/checksum.h"
#include "packets/packets.h"
#include "batch.h"

#include <string.h>

#define BYTES 200000u
#define SLOTS 64u
#define GAP 8u

struct flow {
  bool is_ipv6, is_tcp, is_partial;
  uint32_t sequence, segment, options;
  uint16_t port;
};

static uint32_t headers_of(const struct flow *flow) {
  uint32_t transport = flow->is_ipv6 ? IPV6_HEADER : IPV4_HEADER;
  return transport + (flow->is_tcp ? TCP_HEADER + flow->options : UDP_HEADER);
}

// Writes the next packet of a flow; returns its length.
static uint32_t write_packet(struct flow *flow, uint8_t *bytes, uint32_t payload, bool is_right) {
  uint32_t headers = headers_of(flow);
  uint32_t transport = flow->is_ipv6 ? IPV6_HEADER : IPV4_HEADER;
  uint32_t length = headers + payload;
  memset(bytes, 0, headers);
  for (uint32_t i = headers; i < length; i++) bytes[i] = (uint8_t)next_random();
  bytes[0] = flow->is_ipv6 ? 0x60 : 0x45;
  bytes[flow->is_ipv6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL] = flow->is_tcp ? PROTOCOL_TCP : PROTOCOL_UDP;
  put16(bytes + transport, flow->port);
  if (flow->is_tcp) {
    put32(bytes + transport + TCP_SEQUENCE, flow->sequence);
    bytes[transport + TCP_DATA_OFFSET] = (uint8_t)((TCP_HEADER + flow->options) / 4 << 4);
    bytes[transport + TCP_FLAGS] = (uint8_t)(TCP_ACK | (next_random() % 8 ? 0 : TCP_PSH));
    flow->sequence += payload;
  }
  struct flow_packet packet = {bytes,   length, transport, headers, flow->is_tcp ? PROTOCOL_TCP : PROTOCOL_UDP,
                               flow->is_ipv6};
  flow_packet_set_length(&packet, length);
  uint16_t field = fold_sum(flow_packet_pseudo_sum(&packet, length - transport));
  memcpy(flow_packet_checksum(&packet), &field, 2);
  if (!flow->is_partial) {
    struct virtio_net_hdr header = {.csum_start = (uint16_t)transport,
                                    .csum_offset = flow->is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM};
    complete_checksum(bytes, length, &header);
  }
  if (!is_right) bytes[length - 1] ^= 0x55;
  return length;
}

// The payloads of all packets in a batch, one after the other, and how many checksums are wrong.
static uint32_t collect(const struct packet_batch *batch, uint32_t count, uint8_t *out, uint32_t *wrong) {
  uint32_t total = 0;
  *wrong = 0;
  for (uint32_t slot = 0; slot < count; slot++) {
    uint8_t *bytes = batch->bytes + batch->offset[slot];
    struct flow_packet packet;
    CHECK(flow_packet_read(bytes, batch->length[slot], &packet));
    uint32_t payload = packet.length - packet.headers;
    memcpy(out + total, bytes + packet.headers, payload);
    total += payload;
    if (batch->flags[slot] & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
      CHECK(batch->checksum_start[slot] == packet.transport);
      struct virtio_net_hdr header = {.csum_start = batch->checksum_start[slot],
                                      .csum_offset = batch->checksum_offset[slot]};
      complete_checksum(bytes, packet.length, &header);
      CHECK(flow_packet_verify(&packet));
    } else {
      *wrong += !flow_packet_verify(&packet);
    }
    if (batch->gso_type[slot] != VIRTIO_NET_HDR_GSO_NONE) {
      CHECK(batch->gso_size[slot] > 0 && batch->header_length[slot] == packet.headers && payload > batch->gso_size[slot]);
    }
  }
  return total;
}

static void merges_keep_every_byte(void) {
  uint8_t *before = malloc(BYTES), *after = malloc(BYTES);
  uint32_t merged_slots = 0;
  for (int round = 0; round < 4000; round++) {
    struct packet_batch batch = make_datagram_batch(BYTES, SLOTS);
    uint32_t at = GAP, expected = 0, wrong_before = 0;
    struct flow flow = {0};
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
      if (slot == 0 || next_random() % 8 == 0) {
        flow = (struct flow){.is_ipv6 = next_random() % 2,
                             .is_tcp = next_random() % 2,
                             .is_partial = next_random() % 4 == 0,
                             .segment = 1 + next_random() % 1400,
                             .options = 4 * (next_random() % 11),
                             .port = (uint16_t)next_random()};
      }
      uint32_t payload = next_random() % 10 ? flow.segment : next_random() % 1400;
      bool is_right = flow.is_partial || payload == 0 || next_random() % 10;
      batch.offset[slot] = at;
      batch.length[slot] = write_packet(&flow, batch.bytes + at, payload, is_right);
      batch.flags[slot] = flow.is_partial ? VIRTIO_NET_HDR_F_NEEDS_CSUM : 0;
      batch.checksum_start[slot] = flow.is_ipv6 ? IPV6_HEADER : IPV4_HEADER;
      batch.checksum_offset[slot] = flow.is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM;
      batch.port[slot] = 1;
      wrong_before += !is_right;
      memcpy(before + expected, batch.bytes + at + headers_of(&flow), payload);
      expected += payload;
      at += batch.length[slot] + (next_random() % 2 ? GAP : 0);
    }
    uint32_t count = merge_packets(&batch, SLOTS, MERGE_ALL);
    merged_slots += SLOTS - count;
    uint32_t wrong_after;
    CHECK(collect(&batch, count, after, &wrong_after) == expected);
    CHECK(memcmp(before, after, expected) == 0 && wrong_after == wrong_before);
    free_batch(&batch);
  }
  CHECK(merged_slots > 10000);
  free(before);
  free(after);
}

// Cut, merged, and the same as before; every piece's checksum holds.
static void cutting_is_undone_by_merging(void) {
  for (int round = 0; round < 2000; round++) {
    struct flow flow = {.is_ipv6 = true,
                        .is_tcp = next_random() % 2,
                        .is_partial = true,
                        .options = 4 * (next_random() % 11),
                        .sequence = next_random() << 8};
    uint32_t segment = 1 + next_random() % 1400;
    uint32_t payload = segment * (2 + next_random() % 40) - next_random() % segment;
    if (headers_of(&flow) + payload > 65535) continue;
    uint32_t length = headers_of(&flow) + payload;
    uint8_t *whole = malloc(length);
    write_packet(&flow, whole, payload, true);
    whole[IPV6_HEADER + (flow.is_tcp ? TCP_FLAGS : UDP_LENGTH)] |= 0;
    struct virtio_net_hdr header = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = flow.is_tcp ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_UDP_L4,
        .gso_size = (uint16_t)segment,
    };
    struct cut cut;
    CHECK(cut_begin(&cut, whole, length, &header));
    struct packet_batch batch = make_batch(BYTES, SLOTS);
    uint32_t count = 0, at = 0;
    uint8_t headers[MAX_CUT_HEADER_BYTES];
    uint8_t *piece;
    uint32_t size;
    while (cut_next(&cut, headers, &piece, &size)) {
      CHECK(count < SLOTS);
      memcpy(batch.bytes + at, headers, cut.packet.headers);
      memcpy(batch.bytes + at + cut.packet.headers, piece, size);
      batch.offset[count] = at;
      batch.length[count] = cut.packet.headers + size;
      struct flow_packet packet;
      CHECK(flow_packet_read(batch.bytes + at, batch.length[count], &packet) && flow_packet_verify(&packet));
      at += batch.length[count++];
    }
    CHECK(count == (payload + segment - 1) / segment);
    CHECK(merge_packets(&batch, count, MERGE_ALL) == 1);
    CHECK(batch.length[0] == length && memcmp(batch.bytes + batch.offset[0], whole, length) == 0);
    CHECK(batch.gso_size[0] == segment && batch.gso_type[0] == header.gso_type);
    free_batch(&batch);
    free(whole);
  }
}

// Random bytes with random claims: nothing outside is touched, and the batch stays sound.
static void lies_are_survived(void) {
  for (int round = 0; round < 20000; round++) {
    uint32_t size = 1 + next_random() % 300;
    uint8_t *bytes = malloc(size);
    for (uint32_t i = 0; i < size; i++) bytes[i] = (uint8_t)next_random();
    bytes[0] = next_random() % 2 ? 0x60 : 0x45;
    if (size > IPV6_HEADER) put16(bytes + (bytes[0] == 0x60 ? IPV6_PAYLOAD_LENGTH : IPV4_TOTAL_LENGTH), size - (bytes[0] == 0x60 ? IPV6_HEADER : 0));
    if (size > IPV6_HEADER) bytes[bytes[0] == 0x60 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL] = next_random() % 2 ? PROTOCOL_TCP : PROTOCOL_UDP;
    struct virtio_net_hdr header = {.gso_type = next_random() % 2 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_UDP_L4,
                                    .gso_size = (uint16_t)random_value(100)};
    struct cut cut;
    uint8_t headers[MAX_CUT_HEADER_BYTES];
    uint8_t *piece;
    uint32_t length, sum = 0;
    if (cut_begin(&cut, bytes, size, &header)) {
      while (cut_next(&cut, headers, &piece, &length)) sum += length;
      CHECK(sum == cut.packet.length - cut.packet.headers);
    }
    free(bytes);
  }
}

// The kernel vouches for datagrams that have no checksum, too: they must not get one by being merged.
static void no_checksum_stays_none(void) {
  for (int version = 0; version < 2; version++) {
    struct flow flow = {.is_ipv6 = version == 1, .port = 53};
    struct packet_batch batch = make_batch(2000, 2);
    for (uint32_t slot = 0; slot < 2; slot++) {
      batch.offset[slot] = slot * 1000;
      batch.length[slot] = write_packet(&flow, batch.bytes + batch.offset[slot], 100, true);
      batch.flags[slot] = VIRTIO_NET_HDR_F_DATA_VALID;
      memset(batch.bytes + batch.offset[slot] + headers_of(&flow) - UDP_HEADER + UDP_CHECKSUM, 0, 2);
    }
    CHECK(merge_packets(&batch, 2, MERGE_ALL) == 2);
    CHECK(batch.gso_type[0] == VIRTIO_NET_HDR_GSO_NONE && batch.flags[0] == VIRTIO_NET_HDR_F_DATA_VALID);
    free_batch(&batch);
  }
}

int main(void) {
  merges_keep_every_byte();
  no_checksum_stays_none();
  cutting_is_undone_by_merging();
  lies_are_survived();
  return 0;
}

#include "cut.h"

#include "checksum.h"

#include <string.h>

// RFC 768: zero says that there is no checksum, so a sum of zero is sent as its other form.
static uint16_t checksum_field(uint64_t sum, bool is_udp) {
  uint16_t field = (uint16_t)~fold_sum(sum);
  return field == 0 && is_udp ? 0xffff : field;
}

bool cut_begin(struct cut *cut, uint8_t *bytes, uint32_t length, const struct virtio_net_hdr *header) {
  *cut = (struct cut){.segment_size = header->gso_size};
  if (!flow_packet_read(bytes, length, &cut->packet) || !cut->packet.is_ipv6) return false;
  uint8_t expected = cut->packet.protocol == PROTOCOL_TCP ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_UDP_L4;
  return (header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) == expected && header->gso_size > 0;
}

// FIN and PSH belong to the last segment, CWR to the first (RFC 3168 §6.1.2); sequence numbers count up.
static void set_tcp_fields(const struct cut *cut, uint8_t *tcp, bool is_last) {
  put32(tcp + TCP_SEQUENCE, get32(tcp + TCP_SEQUENCE) + cut->at);
  if (!is_last) tcp[TCP_FLAGS] &= (uint8_t)~(TCP_FIN | TCP_PSH);
  if (cut->at > 0) tcp[TCP_FLAGS] &= (uint8_t)~TCP_CWR;
}

bool cut_next(struct cut *cut, uint8_t *headers, uint8_t **payload, uint32_t *payload_length) {
  const struct flow_packet *packet = &cut->packet;
  uint32_t left = packet->length - packet->headers - cut->at;
  if (left == 0) return false;
  uint32_t size = left < cut->segment_size ? left : cut->segment_size;
  *payload = packet->bytes + packet->headers + cut->at;
  *payload_length = size;
  memcpy(headers, packet->bytes, packet->headers);

  struct flow_packet segment = *packet;
  segment.bytes = headers;
  segment.length = packet->headers + size;
  bool is_udp = packet->protocol == PROTOCOL_UDP;
  if (!is_udp) set_tcp_fields(cut, headers + packet->transport, size == left);
  flow_packet_set_length(&segment, segment.length);
  memset(flow_packet_checksum(&segment), 0, 2);
  uint64_t sum = flow_packet_pseudo_sum(&segment, segment.length - packet->transport);
  sum = sum_bytes(sum, headers + packet->transport, packet->headers - packet->transport);
  uint16_t field = checksum_field(sum_bytes(sum, *payload, size), is_udp);
  memcpy(flow_packet_checksum(&segment), &field, sizeof field);
  cut->at += size;
  return true;
}

uint32_t cut_to_batch(const struct packet_batch *batch, uint32_t slot, struct packet_batch *target, uint32_t room,
                      uint32_t max_segments) {
  struct virtio_net_hdr header = {0};
  uint32_t offset, length;
  struct cut cut;
  if (!batch_take_slot(batch, slot, &offset, &length, &header)) return 0;
  if (!cut_begin(&cut, batch->bytes + offset, length, &header)) return 0;
  uint8_t headers[MAX_CUT_HEADER_BYTES];
  uint8_t *payload;
  uint32_t payload_length, count = 0;
  static const struct virtio_net_hdr plain = {0};
  for (uint32_t at = 0; count < max_segments && cut_next(&cut, headers, &payload, &payload_length); at += room) {
    uint32_t whole = cut.packet.headers + payload_length;
    if (whole > room) return 0;
    memcpy(target->bytes + at, headers, cut.packet.headers);
    memcpy(target->bytes + at + cut.packet.headers, payload, payload_length);
    batch_put_slot(target, count++, at, whole, &plain);
  }
  return count;
}

void complete_checksum(uint8_t *bytes, uint32_t length, const struct virtio_net_hdr *header) {
  uint32_t start = header->csum_start;
  uint64_t sum = sum_bytes(0, bytes + start, length - start);
  uint16_t field = checksum_field(sum, header->csum_offset == UDP_CHECKSUM);
  memcpy(bytes + start + header->csum_offset, &field, sizeof field);
}

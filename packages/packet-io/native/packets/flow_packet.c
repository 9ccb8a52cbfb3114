#include "flow_packet.h"

#include "checksum.h"

#include <arpa/inet.h>
#include <string.h>

#define IPV4_WITHOUT_OPTIONS 0x45u
#define IPV4_NOT_WHOLE 0x3fffu // more fragments, or an offset

bool flow_packet_read(uint8_t *bytes, uint32_t length, struct flow_packet *packet) {
  if (length < IPV4_HEADER) return false;
  *packet = (struct flow_packet){.bytes = bytes, .length = length, .is_ipv6 = bytes[0] >> 4 == 6};
  if (packet->is_ipv6) {
    if (length < IPV6_HEADER || get16(bytes + IPV6_PAYLOAD_LENGTH) != length - IPV6_HEADER) return false;
    packet->protocol = bytes[IPV6_NEXT_HEADER];
    packet->transport = IPV6_HEADER;
  } else {
    if (bytes[0] != IPV4_WITHOUT_OPTIONS || get16(bytes + IPV4_TOTAL_LENGTH) != length) return false;
    if (get16(bytes + IPV4_FRAGMENT) & IPV4_NOT_WHOLE) return false;
    packet->protocol = bytes[IPV4_PROTOCOL];
    packet->transport = IPV4_HEADER;
  }
  const uint8_t *transport = bytes + packet->transport;
  uint32_t upper = length - packet->transport;
  uint32_t header;
  if (packet->protocol == PROTOCOL_TCP) {
    if (upper < TCP_HEADER) return false;
    header = (uint32_t)(transport[TCP_DATA_OFFSET] >> 4) * 4u;
    if (header < TCP_HEADER || header > upper) return false;
  } else if (packet->protocol == PROTOCOL_UDP) {
    if (upper < UDP_HEADER || get16(transport + UDP_LENGTH) != upper) return false;
    header = UDP_HEADER;
  } else {
    return false;
  }
  packet->headers = packet->transport + header;
  return true;
}

uint8_t *flow_packet_checksum(const struct flow_packet *packet) {
  return packet->bytes + packet->transport + (packet->protocol == PROTOCOL_TCP ? TCP_CHECKSUM : UDP_CHECKSUM);
}

uint64_t flow_packet_pseudo_sum(const struct flow_packet *packet, uint32_t upper) {
  uint32_t at = packet->is_ipv6 ? IPV6_ADDRESSES : IPV4_ADDRESSES;
  return sum_bytes((uint64_t)htonl(upper) + htons(packet->protocol), packet->bytes + at, packet->transport - at);
}

bool flow_packet_has_checksum(const struct flow_packet *packet) {
  return packet->protocol != PROTOCOL_UDP || get16(flow_packet_checksum(packet)) != 0;
}

bool flow_packet_verify(const struct flow_packet *packet) {
  uint32_t upper = packet->length - packet->transport;
  if (!flow_packet_has_checksum(packet)) return false;
  if (!packet->is_ipv6 && fold_sum(sum_bytes(0, packet->bytes, IPV4_HEADER)) != 0xffff) return false;
  uint64_t sum = flow_packet_pseudo_sum(packet, upper);
  return fold_sum(sum_bytes(sum, packet->bytes + packet->transport, upper)) == 0xffff;
}

void flow_packet_set_length(const struct flow_packet *packet, uint32_t length) {
  uint8_t *bytes = packet->bytes;
  if (packet->is_ipv6) {
    put16(bytes + IPV6_PAYLOAD_LENGTH, length - IPV6_HEADER);
  } else {
    put16(bytes + IPV4_TOTAL_LENGTH, length);
    memset(bytes + IPV4_CHECKSUM, 0, 2);
    uint16_t field = (uint16_t)~fold_sum(sum_bytes(0, bytes, IPV4_HEADER));
    memcpy(bytes + IPV4_CHECKSUM, &field, sizeof field);
  }
  if (packet->protocol == PROTOCOL_UDP) put16(bytes + packet->transport + UDP_LENGTH, length - packet->transport);
}

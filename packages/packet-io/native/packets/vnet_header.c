#include "vnet_header.h"

#include "headers.h"

#define KNOWN_FLAGS (VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID)

static bool gso_type_is_known(uint8_t type) {
  switch (type & ~VIRTIO_NET_HDR_GSO_ECN) {
  case VIRTIO_NET_HDR_GSO_NONE:
    return type == VIRTIO_NET_HDR_GSO_NONE;
  case VIRTIO_NET_HDR_GSO_TCPV4:
  case VIRTIO_NET_HDR_GSO_TCPV6:
    return true;
  case VIRTIO_NET_HDR_GSO_UDP:
  case VIRTIO_NET_HDR_GSO_UDP_L4:
    return (type & VIRTIO_NET_HDR_GSO_ECN) == 0;
  default:
    return false;
  }
}

bool vnet_header_is_sound(const struct virtio_net_hdr *header, uint32_t length) {
  if ((header->flags & ~KNOWN_FLAGS) != 0 || !gso_type_is_known(header->gso_type)) return false;
  if (header->hdr_len > length) return false;
  if (header->gso_type != VIRTIO_NET_HDR_GSO_NONE && header->gso_size == 0) return false;
  if ((header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0) return true;
  return (uint32_t)header->csum_start + header->csum_offset + 2u <= length;
}

bool vnet_header_measure(struct virtio_net_hdr *header, const uint8_t *packet, uint32_t length) {
  uint32_t start = header->csum_start;
  uint32_t transport;
  header->hdr_len = 0;
  if ((header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0) return true; // csum_start means nothing
  switch (header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
  case VIRTIO_NET_HDR_GSO_TCPV4:
  case VIRTIO_NET_HDR_GSO_TCPV6:
    if (start + TCP_HEADER > length) return false;
    transport = (uint32_t)(packet[start + TCP_DATA_OFFSET] >> 4) * 4u;
    if (transport < TCP_HEADER) return false;
    break;
  case VIRTIO_NET_HDR_GSO_UDP:
  case VIRTIO_NET_HDR_GSO_UDP_L4:
    transport = UDP_HEADER;
    break;
  default:
    return true;
  }
  if (start + transport > length || start + transport > UINT16_MAX) return false;
  header->hdr_len = (uint16_t)(start + transport);
  return true;
}

#include "packet_batch.h"

#include "flow_packet.h"

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

bool batch_take_slot(const struct packet_batch *batch, uint32_t index, uint32_t *offset, uint32_t *length,
                     struct virtio_net_hdr *header) {
  uint32_t start = *(volatile uint32_t *)&batch->offset[index];
  uint32_t size = *(volatile uint32_t *)&batch->length[index];
  if (size == 0 || size > MAX_PACKET_LENGTH) return false;
  if (start > batch->bytes_length || size > batch->bytes_length - start) return false;
  *offset = start;
  *length = size;
  header->flags = batch->flags[index];
  header->gso_type = batch->gso_type[index];
  header->hdr_len = batch->header_length[index];
  header->gso_size = batch->gso_size[index];
  header->csum_start = batch->checksum_start[index];
  header->csum_offset = batch->checksum_offset[index];
  return vnet_header_is_sound(header, size);
}

void batch_put_slot(struct packet_batch *batch, uint32_t index, uint32_t offset, uint32_t length,
                    const struct virtio_net_hdr *header) {
  batch->offset[index] = offset;
  batch->length[index] = length;
  batch->flags[index] = header->flags;
  batch->gso_type[index] = header->gso_type;
  batch->gso_size[index] = header->gso_size;
  batch->header_length[index] = header->hdr_len;
  batch->checksum_start[index] = header->csum_start;
  batch->checksum_offset[index] = header->csum_offset;
}

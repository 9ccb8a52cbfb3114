#include "batch.h"

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

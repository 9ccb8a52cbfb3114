// The virtio header before each packet (Virtio 1.2 §5.1.6).
#pragma once

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5 // Linux 6.2
#endif

// True when `header` says nothing untrue about an IP packet of `length` bytes: each position it names is inside it.
bool vnet_header_is_sound(const struct virtio_net_hdr *header, uint32_t length);

// Kernels report the length of their linear buffer as hdr_len, which says nothing about headers. Replaces it with the
// true sum of IP and transport headers, 0 for a packet that is not to be segmented. Returns false when the transport
// header does not fit the packet.
bool vnet_header_measure(struct virtio_net_hdr *header, const uint8_t *packet, uint32_t length);

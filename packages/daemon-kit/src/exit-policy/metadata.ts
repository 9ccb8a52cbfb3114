/**
 * Addresses at which clouds tell a machine its secrets, or serve it alone. Some of them are ordinary global addresses, others are
 * allowed in a laboratory, so they are refused by name.
 */
export const METADATA_NETWORKS: readonly string[] = [
  "169.254.0.0/16", // link-local (RFC 3927): 169.254.169.254 of nearly all clouds, and its neighbours
  "168.63.129.16/32", // Azure: metadata, DNS, host agent
  "100.100.100.200/32", // Alibaba Cloud
  "192.0.0.192/32", // Oracle Cloud
];

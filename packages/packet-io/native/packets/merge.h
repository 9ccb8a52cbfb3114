// Merges consecutive packets of one flow into super-packets, in place: what follows the first one's headers in memory
// becomes one payload. The kernel cuts it again where that has to be (TSO, USO), or leaves it to the next card.
#pragma once

#include "batch.h"

enum merge_level { MERGE_NONE, MERGE_TCP, MERGE_ALL };

// Merges among slots 0 … count-1 and closes the gaps in the arrays; returns how many slots are left. Slots must be in
// order in `bytes`; those of a UDP batch merge only when they came from the same address and port.
//
// A packet joins when all its headers but lengths, checksums and what counts up are those of the first one, it continues
// it, and the checksums of both hold: a wrong one travels alone, unchanged. Segments are of the first one's size, the
// last may be shorter. UDP is merged with MERGE_ALL alone: kernels before 6.2 do not take it.
uint32_t merge_packets(struct packet_batch *batch, uint32_t count, enum merge_level level);

// The contract of this room: batches of packets, and what is done to their packets in memory. Other rooms include this
// file alone. Nothing here knows about Node, devices or sockets.
//
//   headers.h      where fields are in IP, TCP and UDP headers
//   vnet_header.h  the virtio header before each packet, and whether it is sound
//   batch.h        a batch: its slots are read and filled here
//   batch_block.h  a batch as JavaScript hands it over
//   cut.h          one super-packet becomes packets; unfinished checksums are completed
//   merge.h        packets of a flow become one super-packet
#pragma once

#include "batch.h"
#include "batch_block.h"
#include "cut.h"
#include "headers.h"
#include "merge.h"
#include "vnet_header.h"

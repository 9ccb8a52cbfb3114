// The contract of this room: TUN devices. Other rooms include this file alone. Nothing here knows about Node.
//
//   open.h          opens one queue of a device
//   queue.h         moves batches between a queue and memory
//   write_helper.h  a second thread for large writes
#pragma once

#include "open.h"
#include "queue.h"
#include "write_helper.h"

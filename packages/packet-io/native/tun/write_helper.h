// A second thread that helps to write large batches: the kernel forwards a packet in the thread that writes it, which is
// most of the work there is. Flows are shared out between the caller and the helper, so that each keeps its order; the
// call returns when both are done. Nothing here knows about Node.
#pragma once

#include "queue.h"

struct write_helper;

// Returns 0, or -errno.
int write_helper_start(struct write_helper **helper);

// Waits for the thread to end. Never during a write.
void write_helper_stop(struct write_helper *helper);

// tun_write_batch with a helper.
int write_helper_write(struct write_helper *helper, const struct tun_queue *queue, const struct packet_batch *batch,
                       uint32_t count);

// The contract of this room: what reading and writing have in common, whatever they read and write. Other rooms include
// this file alone.
#pragma once

#include "control.h"
#include "counters.h"
#include "full_queue.h"

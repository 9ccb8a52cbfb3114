// A file as shared memory. Nothing here knows about Node.
#pragma once

#include <stddef.h>

// Opens or creates `path` (mode 0600), gives it room for `size` bytes on the disk and maps them. Returns 0 or -errno.
int map_file(const char *path, size_t size, void **memory);

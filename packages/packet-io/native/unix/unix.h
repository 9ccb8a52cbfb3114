// Datagrams to unix sockets. Nothing here knows about Node.
#pragma once

#include <stddef.h>

// Sends one datagram to the unix socket at `path`; one that begins with "@" is in the abstract namespace (unix(7)).
// Does not wait for a receiver that is behind. Returns 0 or -errno.
int send_unix_datagram(const char *path, const char *text, size_t length);

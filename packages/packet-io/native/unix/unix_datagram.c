#include "unix.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int send_unix_datagram(const char *path, const char *text, size_t length) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  size_t size = strlen(path);
  if (size == 0) return -EINVAL;
  if (size >= sizeof to.sun_path) return -ENAMETOOLONG;
  memcpy(to.sun_path, path, size);
  // A name in the abstract namespace has no end but its length.
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';
  socklen_t to_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (path[0] == '@' ? 0 : 1));
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  ssize_t sent;
  do {
    sent = sendto(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to, to_size);
  } while (sent < 0 && errno == EINTR);
  int error = sent < 0 ? -errno : 0;
  close(fd);
  return error;
}

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// Blocks are reserved now: a sparse file on a full disk would end the process with SIGBUS at some later store. What is no
// regular file is refused here too (POSIX: ENODEV, ESPIPE).
static int reserve(int fd, size_t size) {
  int error;
  do {
    error = posix_fallocate(fd, 0, (off_t)size);
  } while (error == EINTR);
  return -error;
}

int map_file(const char *path, size_t size, void **memory) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return -errno;
  int error = reserve(fd, size);
  if (error == 0) {
    *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (*memory == MAP_FAILED) error = -errno;
  }
  close(fd);
  return error;
}

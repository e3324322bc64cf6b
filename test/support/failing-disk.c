/* Preloaded into a child (LD_PRELOAD): its database's disk is full, fails or is slow while a control file says so.
   The file named by DISK_FAULT_FILE holds one letter (N none, F full, E error, R read-only) and the delay of each
   flush in milliseconds, four digits. Other files are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define MOST_FDS 4096
static char is_ours[MOST_FDS];
static volatile const char *control;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("DISK_FAULT_FILE");
  int (*real_open)(const char *, int, ...) = real("open64");
  int fd = path ? real_open(path, O_RDONLY) : -1;
  if (fd < 0) return;
  void *at = mmap(0, 5, PROT_READ, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) control = at;
}

/* errno that a write gets now, 0 for none */
static int fault(int fd) {
  if (!control || fd < 0 || fd >= MOST_FDS || !is_ours[fd]) return 0;
  switch (control[0]) {
    case 'F': return ENOSPC;
    case 'E': return EIO;
    case 'R': return EROFS;
    default: return 0;
  }
}

static void wait_a_while(int fd) {
  if (!control || fd < 0 || fd >= MOST_FDS || !is_ours[fd]) return;
  long ms = (control[1] - '0') * 1000 + (control[2] - '0') * 100 + (control[3] - '0') * 10 + (control[4] - '0');
  if (ms <= 0) return;
  struct timespec pause = {ms / 1000, (ms % 1000) * 1000000};
  nanosleep(&pause, 0);
}

static int note(int fd, const char *path) {
  if (fd >= 0 && fd < MOST_FDS) is_ours[fd] = strstr(path, "eddy.sqlite") != 0 && strstr(path, "-shm") == 0;
  return fd;
}

#define OPEN(name)                                                     \
  int name(const char *path, int flags, ...) {                         \
    va_list more;                                                      \
    va_start(more, flags);                                             \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, int) : 0; \
    va_end(more);                                                      \
    int (*next)(const char *, int, ...) = real(#name);                 \
    return note(next(path, flags, mode), path);                        \
  }
OPEN(open)
OPEN(open64)

#define FAIL(fd)                \
  do {                          \
    int why = fault(fd);        \
    if (why) {                  \
      errno = why;              \
      return -1;                \
    }                           \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
  FAIL(fd);
  ssize_t (*next)(int, const void *, size_t) = real("write");
  return next(fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  FAIL(fd);
  ssize_t (*next)(int, const void *, size_t, off_t) = real("pwrite");
  return next(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  FAIL(fd);
  ssize_t (*next)(int, const void *, size_t, off64_t) = real("pwrite64");
  return next(fd, bytes, count, at);
}
int ftruncate64(int fd, off64_t size) {
  FAIL(fd);
  int (*next)(int, off64_t) = real("ftruncate64");
  return next(fd, size);
}
int fsync(int fd) {
  FAIL(fd);
  wait_a_while(fd);
  int (*next)(int) = real("fsync");
  return next(fd);
}
int fdatasync(int fd) {
  FAIL(fd);
  wait_a_while(fd);
  int (*next)(int) = real("fdatasync");
  return next(fd);
}

/*
 * Stands between a process and the disk (LD_PRELOAD): what a process writes to files whose path contains FAULT_PATH is
 * counted, and noted in FAULT_TRACE, in order, with its bytes; the call with the number FAULT_AT goes wrong, as FAULT_DO
 * says: `kill` (the process dies before it), `torn` (half of it is written, then the process dies), `eio`, `enospc`
 * (the call fails, and every later one of its kind). FAULT_CALL says which calls are counted: `write`, `sync` or `any`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int trace = -1, counted = 0, at = 0;
static const char *part = NULL, *what = "", *calls = "any";
static __thread int inside = 0;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  part = getenv("FAULT_PATH");
  if (getenv("FAULT_AT")) at = atoi(getenv("FAULT_AT"));
  if (getenv("FAULT_DO")) what = getenv("FAULT_DO");
  if (getenv("FAULT_CALL")) calls = getenv("FAULT_CALL");
  if (part && getenv("FAULT_TRACE")) trace = open(getenv("FAULT_TRACE"), O_WRONLY | O_CREAT | O_APPEND, 0644);
}

/* The path of a file that is watched, or NULL. */
static const char *watched(int fd, char *path, size_t size) {
  if (!part || inside || fd == trace) return NULL;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length <= 0) return NULL;
  path[length] = 0;
  return path[0] == '/' && strstr(path, part) ? path : NULL;
}

static void put(const void *bytes, size_t size) {
  ssize_t (*out)(int, const void *, size_t) = real("write");
  for (size_t from = 0; from < size;) {
    ssize_t done = out(trace, (const char *)bytes + from, size - from);
    if (done <= 0) abort();
    from += done;
  }
}

static void note(char kind, const char *path, long long offset, const void *bytes, size_t size) {
  if (trace < 0) return;
  char head[4200];
  int length = snprintf(head, sizeof head, "%c %lld %zu %s\n", kind, offset, bytes ? size : 0, path);
  put(head, length);
  if (bytes) put(bytes, size);
}

/* 0: go on; 1: write half and die; otherwise the errno. */
static int fault(int sync) {
  if (strcmp(calls, "any") && strcmp(calls, sync ? "sync" : "write")) return 0;
  counted++;
  if (!at || counted < at) return 0;
  if (!strcmp(what, "eio")) return EIO;
  if (!strcmp(what, "enospc")) return ENOSPC;
  if (counted > at) return 0;
  if (!strcmp(what, "torn") && !sync) return 1;
  if (!strcmp(what, "kill") || !strcmp(what, "torn")) kill(getpid(), SIGKILL), pause();
  return 0;
}

static ssize_t put_at(ssize_t (*next)(int, const void *, size_t, off64_t), int fd, const void *bytes, size_t size, off64_t offset) {
  char path[4096];
  const char *file = watched(fd, path, sizeof path);
  if (!file) return next(fd, bytes, size, offset);
  int wrong = fault(0);
  if (wrong > 1) return errno = wrong, -1;
  if (wrong == 1) next(fd, bytes, size / 2, offset), kill(getpid(), SIGKILL), pause();
  ssize_t done = next(fd, bytes, size, offset);
  if (done > 0) note('W', file, offset, bytes, done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (!next) next = real("pwrite64");
  return put_at(next, fd, bytes, size, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (!next) next = real("pwrite64");
  return put_at(next, fd, bytes, size, offset);
}

/* What is appended, such as a log of what was acknowledged: noted, never made to fail. */
ssize_t write(int fd, const void *bytes, size_t size) {
  static ssize_t (*next)(int, const void *, size_t);
  if (!next) next = real("write");
  ssize_t done = next(fd, bytes, size);
  char path[4096];
  const char *file = done > 0 ? watched(fd, path, sizeof path) : NULL;
  if (file) note('A', file, -1, bytes, done);
  return done;
}

static int sync_with(const char *name, int fd) {
  int (*next)(int) = real(name);
  char path[4096];
  const char *file = watched(fd, path, sizeof path);
  if (!file) return next(fd);
  int wrong = fault(1);
  if (wrong > 1) return errno = wrong, -1;
  int done = next(fd);
  if (done == 0) note('S', file, -1, NULL, 0);
  return done;
}
int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }

int unlink(const char *path) {
  int (*next)(const char *) = real("unlink");
  int done = next(path);
  if (done == 0 && part && path[0] == '/' && strstr(path, part)) note('U', path, -1, NULL, 0);
  return done;
}

int ftruncate64(int fd, off64_t size) {
  int (*next)(int, off64_t) = real("ftruncate64");
  char path[4096];
  const char *file = watched(fd, path, sizeof path);
  int done = next(fd, size);
  if (file && done == 0) note('T', file, size, NULL, 0);
  return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

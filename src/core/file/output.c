#include "core/file/output.h"

#include "core/base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SIZE = 1 << 16, ATTEMPTS = 16 };

struct CosmosOutput {
  int fd;
  int failure;     /* errno of the first that failed, or 0 */
  char *path;      /* as the caller named it */
  char *target;    /* where links from there lead */
  char *temporary; /* beside target */
  size_t used;     /* bytes in buffer */
  unsigned char buffer[BUFFER_SIZE];
};

/* Bytes of path up to and with its last slash; 0 where it has none. */
static size_t folder_length (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash ? (size_t) (slash - path) + 1 : 0;
}

static void output_free (CosmosOutput *self)
{
  if (self->fd >= 0)
    close (self->fd);
  free (self->path);
  free (self->target);
  free (self->temporary);
  free (self);
}

static bool report (const char *path, int failure, CosmosError *err)
{
  switch (failure) {
  case ENOENT:
  case ENOTDIR:
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: there is no such folder; make it first", path);
  case ENOSPC:
  case EDQUOT:
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: the disk is full (%s); free some space", path,
                             strerror (failure));
  case ENOMEM:
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  default:
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: %s", path, strerror (failure));
  }
}

/* What is at the target already must be a file; its permissions are kept. mode: those of a new file, before the umask. */
static bool check_target (const char *path, mode_t *mode, bool *exists, CosmosError *err)
{
  struct stat info;
  *exists = stat (path, &info) == 0;
  if (!*exists)
    return true;
  if (S_ISDIR (info.st_mode))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: is a folder; name a file in it", path);
  if (!S_ISREG (info.st_mode))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: is not a regular file", path);
  *mode = info.st_mode & 0777;
  return true;
}

/* Opens a file that was not there, with a short name of its own: the target's may be as long as names can be. */
static int open_temporary (CosmosOutput *self, mode_t mode)
{
  size_t folder = folder_length (self->target);
  enum { NAME_SIZE = 32 };
  self->temporary = malloc (folder + NAME_SIZE);
  if (!self->temporary)
    return ENOMEM;
  memcpy (self->temporary, self->target, folder);
  for (int i = 0; i < ATTEMPTS; i++) {
    CosmosHashKey key = cosmos_hash_key_new ();
    uint64_t number = cosmos_hash_number (key, (uint64_t) getpid () * ATTEMPTS + (uint64_t) i);
    snprintf (self->temporary + folder, NAME_SIZE, ".cosmos-%016" PRIx64, number);
    self->fd = open (self->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (self->fd >= 0)
      return 0;
    if (errno != EEXIST)
      break;
  }
  return errno;
}

CosmosOutput *cosmos_output_new (const char *path, CosmosError *err)
{
  mode_t mode = 0666;
  bool exists;
  size_t folder = folder_length (path);
  if (path[folder] == 0) {
    cosmos_error_set (err, COSMOS_STATUS_IO, "\"%s\" names no file that could be written", path);
    return NULL;
  }
  if (!check_target (path, &mode, &exists, err))
    return NULL;
  CosmosOutput *self = malloc (sizeof *self);
  if (!self) {
    report (path, ENOMEM, err);
    return NULL;
  }
  self->fd = -1;
  self->failure = 0;
  self->used = 0;
  self->temporary = NULL;
  self->path = strdup (path);
  errno = ENOMEM;
  self->target = exists ? realpath (path, NULL) : strdup (path);
  int failure = self->path && self->target ? 0 : errno;
  if (!failure)
    failure = open_temporary (self, mode);
  if (failure) {
    report (path, failure, err);
    output_free (self);
    return NULL;
  }
  if (exists)
    fchmod (self->fd, mode); /* the umask may have taken some away; not all file systems can */
  return self;
}

static void write_through (CosmosOutput *self, const unsigned char *data, size_t size)
{
  while (size > 0 && !self->failure) {
    ssize_t n = write (self->fd, data, size);
    if (n > 0) {
      data += n;
      size -= (size_t) n;
    } else if (n == 0) {
      self->failure = ENOSPC;
    } else if (errno != EINTR) {
      self->failure = errno;
    }
  }
}

static void flush (CosmosOutput *self)
{
  write_through (self, self->buffer, self->used);
  self->used = 0;
}

void cosmos_output_write (CosmosOutput *self, const void *data, size_t size)
{
  if (size > BUFFER_SIZE - self->used)
    flush (self);
  if (size > BUFFER_SIZE) {
    write_through (self, data, size);
  } else if (size > 0) {
    memcpy (self->buffer + self->used, data, size);
    self->used += size;
  }
}

/* Makes the new name last through a loss of power, where the file system can. The file itself is whole either way, so there is
 * nothing to report. */
static void sync_folder (CosmosOutput *self)
{
  size_t folder = folder_length (self->target);
  self->temporary[folder] = 0; /* the same folder, and not needed any more */
  int fd = open (folder ? self->temporary : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    fsync (fd);
    close (fd);
  }
}

bool cosmos_output_commit (CosmosOutput *self, CosmosError *err)
{
  flush (self);
  if (!self->failure && fsync (self->fd) != 0)
    self->failure = errno;
  /* Some network file systems tell of a full disk only here. */
  if (close (self->fd) != 0 && !self->failure)
    self->failure = errno;
  self->fd = -1;
  if (!self->failure && rename (self->temporary, self->target) != 0)
    self->failure = errno;
  if (self->failure) {
    report (self->path, self->failure, err);
    cosmos_output_discard (self);
    return false;
  }
  sync_folder (self);
  output_free (self);
  return true;
}

void cosmos_output_discard (CosmosOutput *self)
{
  if (!self)
    return;
  unlink (self->temporary);
  output_free (self);
}

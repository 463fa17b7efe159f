#include "core/file/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct CosmosMapping {
  const unsigned char *data;
  size_t size;
  bool mapped; /* else borrowed, or an empty file */
  char path[]; /* ended by 0 */
};

CosmosMapping *cosmos_mapping_new_borrowed (const void *data, size_t size, const char *path, CosmosError *err)
{
  size_t length = strlen (path);
  CosmosMapping *self = malloc (sizeof *self + length + 1);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  *self = (CosmosMapping) {.data = data ? data : (const unsigned char *) "", .size = size};
  memcpy (self->path, path, length + 1);
  return self;
}

/* Maps what fd holds; the mapping outlives it. */
static bool map (CosmosMapping *self, int fd, CosmosError *err)
{
  struct stat info;
  if (fstat (fd, &info) != 0)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: %s", self->path, strerror (errno));
  if (S_ISDIR (info.st_mode))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: is a folder; name a file in it", self->path);
  if (!S_ISREG (info.st_mode))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: is not a regular file", self->path);
  if ((uintmax_t) info.st_size > SIZE_MAX / 2)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: is too large for this machine", self->path);
  if (info.st_size == 0)
    return true; /* nothing can be mapped of an empty file */
  void *data = mmap (NULL, (size_t) info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED)
    return cosmos_error_set (err, errno == ENOMEM ? COSMOS_STATUS_NO_MEMORY : COSMOS_STATUS_IO, "%s: cannot be mapped: %s",
                             self->path, strerror (errno));
  self->data = data;
  self->size = (size_t) info.st_size;
  self->mapped = true;
  return true;
}

CosmosMapping *cosmos_mapping_open (const char *path, CosmosError *err)
{
  /* Without O_NONBLOCK opening a pipe would wait for its other end. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: %s", path, strerror (errno));
    return NULL;
  }
  CosmosMapping *self = cosmos_mapping_new_borrowed (NULL, 0, path, err);
  if (self && !map (self, fd, err)) {
    free (self);
    self = NULL;
  }
  close (fd);
  return self;
}

void cosmos_mapping_free (CosmosMapping *self)
{
  if (!self)
    return;
  if (self->mapped)
    munmap ((void *) self->data, self->size);
  free (self);
}

const unsigned char *cosmos_mapping_get_data (const CosmosMapping *self)
{
  return self->data;
}

size_t cosmos_mapping_get_size (const CosmosMapping *self)
{
  return self->size;
}

const char *cosmos_mapping_get_path (const CosmosMapping *self)
{
  return self->path;
}

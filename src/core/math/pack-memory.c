#include "core/math/pack-memory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static const size_t large_page = 2 << 20, block_size = 16 << 20;

struct CosmosPackBlock {
  unsigned char *data;
  size_t size, used;
  int pieces; /* that are in use */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
/* Where the next pieces come from; NULL where there is none. */
static CosmosPackBlock *current;

static size_t round_up (size_t size, size_t step)
{
  return (size + step - 1) / step * step;
}

static CosmosPackBlock *new_block (size_t size)
{
  CosmosPackBlock *self = calloc (1, sizeof *self);
  void *data = NULL;
  size = round_up (size > block_size ? size : block_size, large_page);
  if (!self || posix_memalign (&data, large_page, size) != 0) {
    free (self);
    return NULL;
  }
  madvise (data, size, MADV_HUGEPAGE); /* a wish; pages that nobody touches cost nothing */
  self->data = data;
  self->size = size;
  return self;
}

static void free_block (CosmosPackBlock *self)
{
  free (self->data);
  free (self);
}

void *cosmos_pack_memory_get (size_t size, CosmosPackBlock **block)
{
  void *piece = NULL;
  if (size > SIZE_MAX - large_page)
    return NULL;
  size = round_up (size, 64);
  pthread_mutex_lock (&mutex);
  if (!current || size > current->size - current->used) {
    CosmosPackBlock *next = new_block (size);
    if (next)
      current = next;
  }
  if (current && size <= current->size - current->used) {
    piece = current->data + current->used;
    current->used += size;
    current->pieces++;
    *block = current;
  }
  pthread_mutex_unlock (&mutex);
  return piece;
}

void cosmos_pack_memory_release (CosmosPackBlock *self)
{
  if (!self)
    return;
  pthread_mutex_lock (&mutex);
  if (--self->pieces == 0) {
    if (self == current)
      current = NULL;
    free_block (self);
  }
  pthread_mutex_unlock (&mutex);
}

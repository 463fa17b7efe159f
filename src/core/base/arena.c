#include "core/base/arena.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, MAX_CHUNKS = 64 };
/* A training step streams through a gigabyte, and looking up its small pages would cost more than some of the arithmetic. Chunks below the
 * least size are left alone: rounding up would show in the memory of a small run. */
enum { HUGE_PAGE = 2 << 20, LEAST_HUGE_CHUNK = 16 << 20 };

typedef struct {
  unsigned char *data;
  size_t size;
} Chunk;

struct CosmosArena {
  Chunk chunks[MAX_CHUNKS]; /* the first `count` exist */
  size_t count;
  size_t current; /* the chunk in use */
  size_t used;    /* bytes of it */
  size_t allocations;
};

static bool add_chunk (CosmosArena *self, size_t size)
{
  if (self->count == MAX_CHUNKS)
    return false;
  /* Doubling bounds the number of chunks. */
  size_t wanted = self->count ? self->chunks[self->count - 1].size * 2 : size;
  if (wanted < size)
    wanted = size;
  bool is_huge = wanted >= LEAST_HUGE_CHUNK;
  void *data = aligned_alloc (is_huge ? HUGE_PAGE : ALIGNMENT, wanted);
  if (!data)
    return false;
  if (is_huge)
    madvise (data, wanted, MADV_HUGEPAGE); /* a wish: nothing is lost where the system refuses */
  self->chunks[self->count++] = (Chunk) {data, wanted};
  self->allocations++;
  return true;
}

/* 0 where the result does not fit. */
static size_t round_up (size_t size)
{
  return (size + ALIGNMENT - 1) & ~(size_t) (ALIGNMENT - 1);
}

CosmosArena *cosmos_arena_new (size_t chunk_size)
{
  size_t size = round_up (chunk_size ? chunk_size : 1);
  CosmosArena *self = size ? calloc (1, sizeof *self) : NULL;
  if (self && !add_chunk (self, size)) {
    free (self);
    return NULL;
  }
  return self;
}

void cosmos_arena_free (CosmosArena *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < self->count; i++)
    free (self->chunks[i].data);
  free (self);
}

void *cosmos_arena_alloc (CosmosArena *self, size_t size)
{
  if (size && !(size = round_up (size)))
    return NULL;
  while (size > self->chunks[self->current].size - self->used) {
    if (self->current + 1 == self->count && !add_chunk (self, size))
      return NULL;
    self->current++;
    self->used = 0;
  }
  void *piece = self->chunks[self->current].data + self->used;
  self->used += size;
  return piece;
}

CosmosArenaMark cosmos_arena_mark (const CosmosArena *self)
{
  return (CosmosArenaMark) {self->current, self->used};
}

void cosmos_arena_rewind (CosmosArena *self, CosmosArenaMark mark)
{
  self->current = mark.chunk;
  self->used = mark.used;
}

size_t cosmos_arena_get_size (const CosmosArena *self)
{
  size_t size = 0;
  for (size_t i = 0; i < self->count; i++)
    size += self->chunks[i].size;
  return size;
}

size_t cosmos_arena_get_allocations (const CosmosArena *self)
{
  return self->allocations;
}

/* A system that runs out of memory: include this in one file of a test program. */
#pragma once

#include <stdlib.h>

/* How often aligned_alloc (what arenas call) still succeeds; negative: always. */
static long scarce_allocations = -1;

void *aligned_alloc (size_t alignment, size_t size)
{
  void *memory = NULL;
  if (scarce_allocations == 0)
    return NULL;
  if (scarce_allocations > 0)
    scarce_allocations--;
  return posix_memalign (&memory, alignment, size) == 0 ? memory : NULL;
}

/* Makes the n-th allocation of the core fail. For tests linked with --wrap (memory_tests in meson.build); shared libraries are not
 * concerned. Include it in one file of a program. */
#pragma once

#include <stddef.h>

/* Allocations that still succeed; negative: all do. */
static long failing_malloc_left = -1;

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *data, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *data, size_t size);

static int failing_malloc_fails (void)
{
  if (failing_malloc_left < 0)
    return 0;
  if (failing_malloc_left == 0)
    return 1;
  failing_malloc_left--;
  return 0;
}

void *__wrap_malloc (size_t size)
{
  return failing_malloc_fails () ? NULL : __real_malloc (size);
}

void *__wrap_calloc (size_t n, size_t size)
{
  return failing_malloc_fails () ? NULL : __real_calloc (n, size);
}

void *__wrap_realloc (void *data, size_t size)
{
  return failing_malloc_fails () ? NULL : __real_realloc (data, size);
}

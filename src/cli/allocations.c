#include "cli/allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define SANITIZED 1
#endif

#ifdef SANITIZED

CliAllocations cli_allocations_get (void)
{
  return (CliAllocations) {-1, -1};
}

#else

/* glibc exports its own under these names, for programs that replace them. */
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *old, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

void *memalign (size_t alignment, size_t size);

/* Where the linker has put the program's own code. */
extern const char __executable_start, etext;

static atomic_long own, libraries;

static void note (const void *caller)
{
  bool is_own = (const char *) caller >= &__executable_start && (const char *) caller < &etext;
  atomic_fetch_add_explicit (is_own ? &own : &libraries, 1, memory_order_relaxed);
}

CliAllocations cli_allocations_get (void)
{
  return (CliAllocations) {atomic_load (&own), atomic_load (&libraries)};
}

void *malloc (size_t size)
{
  note (__builtin_return_address (0));
  return __libc_malloc (size);
}

void *calloc (size_t n, size_t size)
{
  note (__builtin_return_address (0));
  return __libc_calloc (n, size);
}

void *realloc (void *old, size_t size)
{
  note (__builtin_return_address (0));
  return __libc_realloc (old, size);
}

void *memalign (size_t alignment, size_t size)
{
  note (__builtin_return_address (0));
  return __libc_memalign (alignment, size);
}

void *aligned_alloc (size_t alignment, size_t size)
{
  note (__builtin_return_address (0));
  return __libc_memalign (alignment, size);
}

int posix_memalign (void **pointer, size_t alignment, size_t size)
{
  note (__builtin_return_address (0));
  void *memory = __libc_memalign (alignment, size);
  if (!memory)
    return ENOMEM;
  *pointer = memory;
  return 0;
}

#endif

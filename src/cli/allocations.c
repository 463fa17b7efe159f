#include "cli/allocations.h"

#include <errno.h>
#include <stdatomic.h>
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

long cli_allocations_get_count (void)
{
  return -1;
}

#else

/* glibc exports its own under these names, for programs that replace them. */
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *old, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

void *memalign (size_t alignment, size_t size);

static atomic_long count;

static void note (void)
{
  atomic_fetch_add_explicit (&count, 1, memory_order_relaxed);
}

long cli_allocations_get_count (void)
{
  return atomic_load (&count);
}

void *malloc (size_t size)
{
  note ();
  return __libc_malloc (size);
}

void *calloc (size_t n, size_t size)
{
  note ();
  return __libc_calloc (n, size);
}

void *realloc (void *old, size_t size)
{
  note ();
  return __libc_realloc (old, size);
}

void *memalign (size_t alignment, size_t size)
{
  note ();
  return __libc_memalign (alignment, size);
}

void *aligned_alloc (size_t alignment, size_t size)
{
  note ();
  return __libc_memalign (alignment, size);
}

int posix_memalign (void **pointer, size_t alignment, size_t size)
{
  note ();
  void *memory = __libc_memalign (alignment, size);
  if (!memory)
    return ENOMEM;
  *pointer = memory;
  return 0;
}

#endif

/* Memory that runs out: the linker sends the core's allocations through here (memory_tests in meson.build). Include it in one file of a
 * program, and set failing_malloc_left. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>

#include <yyjson.h>

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *old, size_t size);
void *__real_aligned_alloc (size_t alignment, size_t size);
char *__real_strdup (const char *text);
yyjson_doc *__real_yyjson_read_opts (char *data, size_t size, yyjson_read_flag flags, const yyjson_alc *alc,
                                     yyjson_read_err *err);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *old, size_t size);
void *__wrap_aligned_alloc (size_t alignment, size_t size);
char *__wrap_strdup (const char *text);
yyjson_doc *__wrap_yyjson_read_opts (char *data, size_t size, yyjson_read_flag flags, const yyjson_alc *alc,
                                     yyjson_read_err *err);

static int failing_malloc_left = -1; /* allocations that still work; negative: all */

static bool failing_malloc_is_out (void)
{
  if (failing_malloc_left < 0)
    return false;
  return failing_malloc_left == 0 || failing_malloc_left-- == 0;
}

void *__wrap_malloc (size_t size)
{
  return failing_malloc_is_out () ? NULL : __real_malloc (size);
}

void *__wrap_calloc (size_t n, size_t size)
{
  return failing_malloc_is_out () ? NULL : __real_calloc (n, size);
}

void *__wrap_realloc (void *old, size_t size)
{
  return failing_malloc_is_out () ? NULL : __real_realloc (old, size);
}

void *__wrap_aligned_alloc (size_t alignment, size_t size)
{
  return failing_malloc_is_out () ? NULL : __real_aligned_alloc (alignment, size);
}

char *__wrap_strdup (const char *text)
{
  return failing_malloc_is_out () ? NULL : __real_strdup (text);
}

static void *json_malloc (void *context, size_t size)
{
  (void) context;
  return malloc (size);
}

static void *json_realloc (void *context, void *old, size_t old_size, size_t size)
{
  (void) context;
  (void) old_size;
  return realloc (old, size);
}

static void json_free (void *context, void *old)
{
  (void) context;
  free (old);
}

/* The JSON library is not linked in, so it gets our allocator as an argument. */
yyjson_doc *__wrap_yyjson_read_opts (char *data, size_t size, yyjson_read_flag flags, const yyjson_alc *alc, yyjson_read_err *err)
{
  static const yyjson_alc failing = {json_malloc, json_realloc, json_free, NULL};
  g_assert_null (alc);
  return __real_yyjson_read_opts (data, size, flags, &failing, err);
}

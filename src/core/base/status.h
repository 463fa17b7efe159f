/* Status codes and errors of the core.
 *
 * A function that can fail returns bool (or a pointer) and takes a CosmosError on the caller's stack, which may be NULL. On
 * failure outputs are untouched and the error says what failed, on what, and what to do about it.
 */
#pragma once

#include <stdbool.h>

#define COSMOS_STATUSES(X)         \
  X (OK, "ok")                     \
  X (NO_MEMORY, "out of memory")   \
  X (IO, "input/output error")     \
  X (FORMAT, "malformed data")     \
  X (UNSUPPORTED, "not supported") \
  X (RANGE, "value out of range")  \
  X (CANCELLED, "cancelled")       \
  X (CORRUPT, "corrupt data")

typedef enum {
#define X(name, text) COSMOS_STATUS_##name,
  COSMOS_STATUSES (X)
#undef X
} CosmosStatus;

typedef struct {
  CosmosStatus code;
  char message[240]; /* one sentence in UTF-8, without a final line break */
} CosmosError;

/* The generic words for a code. */
const char *cosmos_status_text (CosmosStatus code);

/* Fills err (may be NULL) and returns false, so that a caller can `return cosmos_error_set (...)`.
 * A message that is too long is cut at a character boundary; bytes that are not UTF-8 become '?'. */
bool cosmos_error_set (CosmosError *err, CosmosStatus code, const char *format, ...) __attribute__ ((format (printf, 3, 4)));

/* Puts "prefix: " before the message that is there (no effect where err is NULL). Returns false. */
bool cosmos_error_prefix (CosmosError *err, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

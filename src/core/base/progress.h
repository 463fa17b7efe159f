/* What a long piece of work tells its caller, and how the caller stops it.
 *
 * The caller owns the struct and keeps it alive during the work. `cancelled` may be set from any thread; the work reads it
 * between layers and ends with COSMOS_STATUS_CANCELLED. `report` is called on the worker's thread and may be NULL.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  atomic_bool cancelled;
  /* fraction: 0 to 1; what: a few words in English on what is being done. */
  void (*report) (double fraction, const char *what, void *data);
  void *data;
} CosmosProgress;

/* Both take NULL for "nobody asks". */
static inline bool cosmos_progress_is_cancelled (CosmosProgress *self)
{
  return self && atomic_load_explicit (&self->cancelled, memory_order_relaxed);
}

static inline void cosmos_progress_report (CosmosProgress *self, double fraction, const char *what)
{
  if (self && self->report)
    self->report (fraction, what, self->data);
}

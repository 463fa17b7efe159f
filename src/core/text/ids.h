/* Where encoders put their ids: the first `capacity` are stored, all are counted. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
  int32_t *data;
  size_t capacity, n;
} CosmosIds;

static inline void cosmos_ids_push (CosmosIds *self, int32_t id)
{
  if (self->n < self->capacity)
    self->data[self->n] = id;
  self->n++;
}

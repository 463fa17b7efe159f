#include "core/file/name-table.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 64 };

void cosmos_name_table_clear (CosmosNameTable *self)
{
  free (self->slots);
  *self = (CosmosNameTable) {0};
}

/* The slot that holds name, or the free one where it belongs; the table is never full. */
static CosmosNameSlot *seek (const CosmosNameTable *self, const char *name)
{
  size_t at = cosmos_hash_bytes (self->key, name, strlen (name)) & self->mask;
  while (self->slots[at].name && strcmp (self->slots[at].name, name) != 0)
    at = (at + 1) & self->mask;
  return &self->slots[at];
}

bool cosmos_name_table_find (const CosmosNameTable *self, const char *name, size_t *index)
{
  const CosmosNameSlot *slot = self->n ? seek (self, name) : NULL;
  if (!slot || !slot->name)
    return false;
  if (index)
    *index = slot->index;
  return true;
}

static bool grow (CosmosNameTable *self)
{
  size_t size = self->slots ? (self->mask + 1) * 2 : FIRST_SIZE;
  CosmosNameTable larger = {.slots = calloc (size, sizeof *larger.slots), .mask = size - 1, .n = self->n};
  if (!larger.slots)
    return false;
  larger.key = self->slots ? self->key : cosmos_hash_key_new ();
  for (size_t i = 0; self->slots && i <= self->mask; i++) {
    if (self->slots[i].name)
      *seek (&larger, self->slots[i].name) = self->slots[i];
  }
  free (self->slots);
  *self = larger;
  return true;
}

bool cosmos_name_table_add (CosmosNameTable *self, const char *name, size_t index)
{
  /* Half full at most. */
  if ((!self->slots || self->n > self->mask / 2) && !grow (self))
    return false;
  *seek (self, name) = (CosmosNameSlot) {name, index};
  self->n++;
  return true;
}

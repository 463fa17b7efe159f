#include "core/study/ngrams.h"

#include <stdlib.h>
#include <string.h>

bool cosmos_ngrams_init (CosmosNgrams *self, int n, size_t length)
{
  size_t capacity = 16;
  while (capacity < 2 * length)
    capacity *= 2;
  *self = (CosmosNgrams) {.slots = calloc (capacity, sizeof *self->slots), .mask = capacity - 1, .n = n};
  return self->slots;
}

void cosmos_ngrams_clear (CosmosNgrams *self)
{
  free (self->slots);
  self->slots = NULL;
}

/* Multiply and shift; the last mixing is that of SplitMix64 (Steele et al. 2014), so that runs of close numbers spread. */
static size_t hash (const int32_t items[COSMOS_MAX_NGRAM])
{
  uint64_t value = 0;
  for (int i = 0; i < COSMOS_MAX_NGRAM; i++)
    value = (value ^ (uint32_t) items[i]) * 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return (size_t) (value ^ (value >> 31));
}

/* The slot of the n-gram that begins at items, or the free one where it would go. */
static CosmosNgram *find (CosmosNgrams *self, const int32_t *items)
{
  int32_t key[COSMOS_MAX_NGRAM] = {0};
  memcpy (key, items, (size_t) self->n * sizeof *items);
  size_t at = hash (key) & self->mask;
  while (self->slots[at].used && memcmp (self->slots[at].items, key, sizeof key) != 0)
    at = (at + 1) & self->mask;
  if (!self->slots[at].used)
    memcpy (self->slots[at].items, key, sizeof key);
  return &self->slots[at];
}

void cosmos_ngrams_add (CosmosNgrams *self, const int32_t *items, size_t length)
{
  for (size_t i = 0; i < cosmos_ngrams_fit (self->n, length); i++) {
    CosmosNgram *slot = find (self, items + i);
    self->n_different += !slot->used;
    slot->used = true;
    slot->count++;
  }
}

void cosmos_ngrams_raise (CosmosNgrams *self, const CosmosNgrams *other)
{
  for (size_t i = 0; i <= other->mask; i++) {
    if (!other->slots[i].used)
      continue;
    CosmosNgram *slot = find (self, other->slots[i].items);
    self->n_different += !slot->used;
    slot->used = true;
    if (slot->count < other->slots[i].count)
      slot->count = other->slots[i].count;
  }
}

size_t cosmos_ngrams_take (CosmosNgrams *self, const int32_t *items, size_t length)
{
  size_t taken = 0;
  for (size_t i = 0; i < cosmos_ngrams_fit (self->n, length); i++) {
    CosmosNgram *slot = find (self, items + i);
    if (slot->count > 0) {
      slot->count--;
      taken++;
    }
  }
  return taken;
}

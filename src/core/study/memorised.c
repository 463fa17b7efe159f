#include "core/study/memorised.h"

#include "core/study/words.h"

#include <stdint.h>
#include <stdlib.h>

enum { RUN = 4 };

/* Open addressing over 2^k slots, at most half full; 0 is a free one. */
struct CosmosMemorised {
  uint64_t *slots;
  size_t n_slots, n;
};

CosmosMemorised *cosmos_memorised_new (void)
{
  CosmosMemorised *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->n_slots = 1024;
  self->slots = calloc (self->n_slots, sizeof *self->slots);
  if (self->slots)
    return self;
  free (self);
  return NULL;
}

void cosmos_memorised_free (CosmosMemorised *self)
{
  if (!self)
    return;
  free (self->slots);
  free (self);
}

size_t cosmos_memorised_get_n (const CosmosMemorised *self)
{
  return self->n;
}

/* SplitMix64's finish (Steele et al. 2014). */
static uint64_t mix (uint64_t value)
{
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

/* FNV-1a, mixed. */
static uint64_t hash_word (const char *bytes, size_t length)
{
  uint64_t value = 0xcbf29ce484222325u;
  for (size_t i = 0; i < length; i++)
    value = (value ^ (unsigned char) bytes[i]) * 0x100000001b3u;
  return mix (value);
}

/* The last RUN words of a text that is read. */
typedef struct {
  uint64_t words[RUN];
  size_t n; /* words so far */
} Window;

/* The hash of the run that ends with the next word, never 0; 0 where there are not yet RUN words. */
static uint64_t push (Window *self, const char *bytes, size_t length)
{
  self->words[self->n++ % RUN] = hash_word (bytes, length);
  if (self->n < RUN)
    return 0;
  uint64_t value = 0;
  for (size_t i = 0; i < RUN; i++)
    value = mix (value * 0x9E3779B97F4A7C15u + self->words[(self->n + i) % RUN]);
  return value ? value : 1;
}

static uint64_t *find (uint64_t *slots, size_t n_slots, uint64_t run)
{
  size_t at = (size_t) run & (n_slots - 1);
  while (slots[at] && slots[at] != run)
    at = (at + 1) & (n_slots - 1);
  return &slots[at];
}

static bool grow (CosmosMemorised *self)
{
  size_t larger = 2 * self->n_slots;
  uint64_t *slots = calloc (larger, sizeof *slots);
  if (!slots)
    return false;
  for (size_t i = 0; i < self->n_slots; i++)
    if (self->slots[i])
      *find (slots, larger, self->slots[i]) = self->slots[i];
  free (self->slots);
  self->slots = slots;
  self->n_slots = larger;
  return true;
}

bool cosmos_memorised_add (CosmosMemorised *self, const char *text, size_t size)
{
  Window window = {0};
  size_t at = 0, start;
  while (cosmos_words_next (text, size, &at, &start)) {
    uint64_t run = push (&window, text + start, at - start);
    if (!run)
      continue;
    if (2 * (self->n + 1) > self->n_slots && !grow (self))
      return false;
    uint64_t *slot = find (self->slots, self->n_slots, run);
    self->n += !*slot;
    *slot = run;
  }
  return true;
}

void cosmos_memorised_count (const CosmosMemorised *self, const char *text, size_t size, size_t *known, size_t *all)
{
  Window window = {0};
  size_t at = 0, start;
  while (cosmos_words_next (text, size, &at, &start)) {
    uint64_t run = push (&window, text + start, at - start);
    *all += run != 0;
    *known += run && *find (self->slots, self->n_slots, run);
  }
}

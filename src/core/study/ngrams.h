/* Counts of n-grams, n = 1 .. 4, of number sequences. Friends of metrics.c only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COSMOS_MAX_NGRAM = 4 };

typedef struct {
  int32_t items[COSMOS_MAX_NGRAM]; /* unused ones 0 */
  uint32_t count;                  /* how often it was added and not taken since */
  bool used;                       /* there is an n-gram in this slot */
} CosmosNgram;

/* All of one n. Open addressing over 2^k slots, at most half full. */
typedef struct {
  CosmosNgram *slots;
  size_t mask, n_different;
  int n;
} CosmosNgrams;

/* Room for the n-grams of `length` numbers in all; the table does not grow. False when out of memory. */
bool cosmos_ngrams_init (CosmosNgrams *self, int n, size_t length);
void cosmos_ngrams_clear (CosmosNgrams *self);
/* Counts all n-grams of a sequence. */
void cosmos_ngrams_add (CosmosNgrams *self, const int32_t *items, size_t length);
/* How many n-grams of a sequence are there, each counted at most as often as it was added; those are gone then. */
size_t cosmos_ngrams_take (CosmosNgrams *self, const int32_t *items, size_t length);
/* Makes no n-gram rarer than it is in the other one, of the same n, each of whose n-grams is one that was added here or fits into the room. */
void cosmos_ngrams_raise (CosmosNgrams *self, const CosmosNgrams *other);
/* Positions at which an n-gram of a sequence can begin. */
static inline size_t cosmos_ngrams_fit (int n, size_t length)
{
  return length >= (size_t) n ? length - (size_t) n + 1 : 0;
}

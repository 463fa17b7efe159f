/* Mem (spec 1.15): how much of a text stands in the texts that a model was trained on, by runs of four words (words.h).
 *
 * Of the known texts only 64-bit hashes are kept, 8 to 32 bytes for each different run; that two runs share one is less likely than one in 10^11 for a
 * million of runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct CosmosMemorised CosmosMemorised;

/* NULL when out of memory. */
CosmosMemorised *cosmos_memorised_new (void);
void cosmos_memorised_free (CosmosMemorised *self);
/* A known text. False when out of memory. */
bool cosmos_memorised_add (CosmosMemorised *self, const char *text, size_t size);
size_t cosmos_memorised_get_n (const CosmosMemorised *self); /* different runs */
/* Of another text: its runs of four words, and those of them that are known; both are added to. */
void cosmos_memorised_count (const CosmosMemorised *self, const char *text, size_t size, size_t *known, size_t *all);

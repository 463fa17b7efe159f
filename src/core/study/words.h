/* Words of texts as numbers: equal words of all texts of a collection have equal numbers.
 *
 * A word is a run of letters, marks, digits and apostrophes, or any other single character; white space parts them. Words are compared as
 * they stand, capitals included. A byte that is not UTF-8 counts as a word.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CosmosWords CosmosWords;

/* The next word from *at on: its first byte in *start, the one behind it in *at. False: there is none. */
bool cosmos_words_next (const char *text, size_t size, size_t *at, size_t *start);

/* NULL when out of memory. */
CosmosWords *cosmos_words_new (void);
void cosmos_words_free (CosmosWords *self);
/* Appends a text's words. False when out of memory: the collection is as before. */
bool cosmos_words_add (CosmosWords *self, const char *text, size_t size);
/* The same where blanks alone part the words: what somebody else's rule (cut.h) has cut. */
bool cosmos_words_add_parted (CosmosWords *self, const char *text, size_t size);
size_t cosmos_words_get_n_different (const CosmosWords *self);
/* The bytes of word `id`, at any number below n_different; valid until the next text is added. */
const char *cosmos_words_get_word (const CosmosWords *self, int32_t id, size_t *length);
size_t cosmos_words_get_n_texts (const CosmosWords *self);
/* Valid until the next text is added. */
const int32_t *cosmos_words_get_text (const CosmosWords *self, size_t index, size_t *n);

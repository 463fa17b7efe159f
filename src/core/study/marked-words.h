/* Words by which one kind of texts is known from another: offensive comments from their polite paraphrases, say. No list comes with the program; the
 * words are counted in pairs of texts that the user has.
 *
 * A word is marked where its log-odds ratio between both kinds, with a Dirichlet prior of half a count a word (Monroe, Colaresi and Quinn 2008, section
 * 3.5.1), is at least `ratio` and at least `deviations` of its own standard deviations. Words are those of words.h in lower case (A-Z). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct CosmosMarkedWords CosmosMarkedWords;

/* NULL when out of memory. */
CosmosMarkedWords *cosmos_marked_words_new (void);
void cosmos_marked_words_free (CosmosMarkedWords *self);
/* marked: a text of the kind that the words are to mark. False when out of memory, also below. */
bool cosmos_marked_words_add (CosmosMarkedWords *self, const char *text, bool marked);
/* Chooses after all were added; again with other numbers if wanted. *n: how many words are marked. */
bool cosmos_marked_words_choose (CosmosMarkedWords *self, double ratio, double deviations, size_t *n);
/* Marked words in a text, repeated ones as often as they stand there. */
bool cosmos_marked_words_count (CosmosMarkedWords *self, const char *text, size_t *n);

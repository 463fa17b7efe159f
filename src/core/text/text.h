/* Texts as such: what a person types made like the training data, and what detokenising shares.
 *
 * Lengths are in bytes. All of it is linear in the length of a text, whatever it holds.
 */
#pragma once

#include "core/base/status.h"
#include <stddef.h>
#include <stdint.h>

enum { COSMOS_TEXT_MAX_SIZE = 64 << 20 }; /* bytes; longer texts are refused */

/* Refuses, in words, a text that is not UTF-8 (with the offset), too long, or has a zero byte (most of those are UTF-16). */
bool cosmos_text_check (const char *text, size_t length, CosmosError *err);
/* The character at *at, which is below length; moves *at behind it. A byte that belongs to none counts as U+FFFD. */
int32_t cosmos_text_next (const char *text, size_t length, size_t *at);

/* The text as the data sets have theirs: Unicode NFC, straight quotes, plain hyphens and dots for dashes and ellipses, control,
 * direction and zero-width characters dropped (joiners, which words and emoji need, stay), runs of white space and line ends one
 * space each, none at the ends; so "" where nothing is to be seen. Right-to-left text keeps its logical order. Ended by 0; free() it. */
char *cosmos_text_clean (const char *text, size_t length, CosmosError *err);

/* The longest piece from the start that has at most max_bytes bytes and cuts no character from its combining marks; if it can be had
 * without losing more than half of that, it ends with a whole word. */
size_t cosmos_text_cut (const char *text, size_t length, size_t max_bytes);

/* Length of the beginning up to the first full stop, question or exclamation mark before a space; else all of it. */
size_t cosmos_text_find_first_sentence (const char *text, size_t length);

/* Characters of Unicode: NFD of points, in order. *points is replaced by a longer array where needed. False: out of memory. */
bool cosmos_text_decompose (int32_t **points, size_t *n);
/* U+0009 .. U+000D, space, U+0085 and the rest of White_Space. */
bool cosmos_text_is_space (int32_t point);

/* Bytes that make no UTF-8 become U+FFFD, one for each piece that could have begun a character; so does a zero byte, which would end the
 * text. Ended by 0; NULL: out of memory. */
char *cosmos_text_from_bytes (const char *bytes, size_t length);
/* Takes the spaces out that stand before . ? ! , and around and in contractions, as the Hugging Face clean-up of decoded texts:
 * replaces, one rule after another, in place. */
void cosmos_text_tidy_spaces (char *text);

/* Bytes that grow. A failed allocation is remembered; later appends do nothing. */
typedef struct {
  char *data;
  size_t length, capacity;
  bool failed;
} CosmosTextBuffer;

void cosmos_text_buffer_append (CosmosTextBuffer *self, const char *data, size_t length);
void cosmos_text_buffer_append_point (CosmosTextBuffer *self, int32_t point);
/* The bytes with a 0 after them, to be freed by the caller; NULL if anything failed. The buffer is empty again. */
char *cosmos_text_buffer_finish (CosmosTextBuffer *self);

/* What byte-level BPE does to a text before the merges (GPT-2): cutting it into words, and writing bytes as visible characters.
 *
 * The words are those of the pattern 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ .
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the first word of text, which is UTF-8; length > 0. */
size_t cosmos_byte_level_next_word (const char *text, size_t length);
/* Length of what comes before the next character of \p{N}, or of that character if it is the first. length > 0. */
size_t cosmos_byte_level_next_number_split (const char *text, size_t length);

/* The character that stands for a byte in the vocabulary, and back (-1 where it stands for none). */
int32_t cosmos_byte_level_to_point (unsigned char byte);
int cosmos_byte_level_from_point (int32_t point);

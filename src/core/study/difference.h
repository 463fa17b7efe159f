/* Where two texts differ: the words that are not of a longest common subsequence. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* differs[i]: word i of a (n_a of them, numbers as of words.h) has no counterpart in b. What both begin and end with is looked at once; what is left
 * takes time and memory by the product of the lengths. False when out of memory, or where that product is beyond 2^26. */
bool cosmos_difference (const int32_t *a, size_t n_a, const int32_t *b, size_t n_b, bool *differs);

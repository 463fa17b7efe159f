/* What a misspelt name was probably meant to be. */
#pragma once

#include <stddef.h>

/* Edit distance with swaps of neighbours (optimal string alignment), ASCII letters of either case being equal. Bytes of each beyond 63 are
 * not looked at. */
int cli_edit_distance (const char *a, const char *b);
/* The first of the n names that is nearest, or NULL where none is near enough (a third of the letters wrong, at least one allowed). */
const char *cli_nearest (const char *word, const char *const *names, size_t n);

/* Whether bytes from outside are text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False, with the offset of the first byte that belongs to no character, where text is not UTF-8. offset may be NULL. */
bool cosmos_utf8_is_valid (const char *text, size_t length, size_t *offset);

/* Text in lines of a terminal: widths of characters (utf8proc), breaks at spaces. */
#pragma once

#include <stddef.h>

typedef struct {
  size_t start, end; /* bytes; the space at a break belongs to no line */
  int width;         /* columns */
} CliLine;

/* text: UTF-8 of size bytes. At a line end, and where the next word does not fit, a new line begins; a word wider than `columns` (>= 2) is
 * cut between characters (grapheme clusters). The first `capacity` lines are stored -> how many there are, at least 1. */
size_t cli_wrap (const char *text, size_t size, int columns, CliLine *lines, size_t capacity);
/* Columns of a text without line ends. */
int cli_text_width (const char *text, size_t size);
/* Replaces, in place, control characters (what a terminal would take as commands) by '?', line ends and tabs by a space. */
void cli_make_printable (char *text);

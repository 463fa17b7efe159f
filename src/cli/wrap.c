#include "cli/wrap.h"

#include <stdbool.h>
#include <utf8proc.h>

/* The cluster at *at, which moves behind it -> its columns: 2 at most, however many points it has. */
static int next_cluster (const char *text, size_t size, size_t *at)
{
  utf8proc_int32_t point, next, state = 0;
  int width = 0;
  utf8proc_ssize_t n = utf8proc_iterate ((const utf8proc_uint8_t *) text + *at, (utf8proc_ssize_t) (size - *at), &point);
  if (n < 1) {
    ++*at;
    return 1;
  }
  for (;;) {
    *at += (size_t) n;
    width += utf8proc_charwidth (point);
    if (*at >= size)
      break;
    n = utf8proc_iterate ((const utf8proc_uint8_t *) text + *at, (utf8proc_ssize_t) (size - *at), &next);
    if (n < 1 || utf8proc_grapheme_break_stateful (point, next, &state))
      break;
    point = next;
  }
  return width > 2 ? 2 : width;
}

int cli_text_width (const char *text, size_t size)
{
  int width = 0;
  for (size_t at = 0; at < size;)
    width += next_cluster (text, size, &at);
  return width;
}

typedef struct {
  CliLine *lines;
  size_t capacity, n;
} Lines;

static void push (Lines *lines, size_t start, size_t end, int width)
{
  if (lines->n < lines->capacity)
    lines->lines[lines->n] = (CliLine) {start, end, width};
  lines->n++;
}

size_t cli_wrap (const char *text, size_t size, int columns, CliLine *stored, size_t capacity)
{
  Lines lines = {stored, capacity, 0};
  size_t start = 0, gap = 0, after = 0; /* the line's start; the last space in it, and what follows that */
  int width = 0, gap_width = 0;         /* columns from start; those before the gap */
  bool has_gap = false;
  for (size_t at = 0; at < size;) {
    size_t from = at;
    if (text[from] == '\n') {
      push (&lines, start, from, width);
      start = at = from + 1;
      width = 0;
      has_gap = false;
      continue;
    }
    int columns_here = next_cluster (text, size, &at);
    if (text[from] == ' ' && width >= columns) {
      push (&lines, start, from, width);
      start = at;
      width = 0;
      has_gap = false;
      continue;
    }
    if (text[from] == ' ') {
      has_gap = true;
      gap = from;
      after = at;
      gap_width = width;
    } else if (width + columns_here > columns && has_gap) {
      push (&lines, start, gap, gap_width);
      start = after;
      width -= gap_width + 1;
      has_gap = false;
    } else if (width + columns_here > columns) {
      push (&lines, start, from, width);
      start = from;
      width = 0;
    }
    width += columns_here;
  }
  push (&lines, start, size, width);
  return lines.n;
}

void cli_make_printable (char *text)
{
  unsigned char *at = (unsigned char *) text;
  for (; *at; at++) {
    if (*at == '\n' || *at == '\t' || *at == '\r')
      *at = ' ';
    else if (*at < ' ' || *at == 0x7f)
      *at = '?';
    else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) /* U+0080 .. U+009F */
      at[0] = at[1] = '?';
  }
}

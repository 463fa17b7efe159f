#include "core/study/cut.h"

#include "core/text/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_ascii_alphanumeric (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
}

char *cosmos_cut_lower_case (const char *text)
{
  char *copy = strdup (text);
  for (char *at = copy; copy && *at; at++)
    *at = lower (*at);
  return copy;
}

char *cosmos_cut_alphanumeric (const char *text)
{
  char *copy = cosmos_cut_lower_case (text);
  for (char *at = copy; copy && *at; at++)
    if (!is_ascii_alphanumeric (*at))
      *at = ' ';
  return copy;
}

/* ---- mteval-v13a ---- */

static bool is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Punctuation that stands alone wherever it is: of ASCII all but the apostrophe, comma, hyphen and full stop. */
static bool stands_alone (char c)
{
  return c > ' ' && c < 127 && ispunct ((unsigned char) c) && !strchr ("',-.", c);
}

static bool is_stop (char c)
{
  return c == '.' || c == ',';
}

/* The rules that look at two neighbours, in their order; parted: where the blanks go. */
static bool stop_after_no_digit (char a, char b)
{
  return !is_digit (a) && is_stop (b);
}

static bool stop_before_no_digit (char a, char b)
{
  return is_stop (a) && !is_digit (b);
}

static bool hyphen_after_digit (char a, char b)
{
  return is_digit (a) && b == '-';
}

/* Each pair that the rule wants, from the left and none overlapping, becomes `before` first " " second `after`. */
static char *part_pairs (char *text, bool (*rule) (char, char), const char *before, const char *after)
{
  CosmosTextBuffer buffer = {0};
  for (size_t i = 0; text && text[i];) {
    bool found = text[i + 1] && rule (text[i], text[i + 1]);
    if (found)
      cosmos_text_buffer_append (&buffer, before, strlen (before));
    cosmos_text_buffer_append (&buffer, text + i, 1);
    if (found) {
      cosmos_text_buffer_append (&buffer, " ", 1);
      cosmos_text_buffer_append (&buffer, text + i + 1, 1);
      cosmos_text_buffer_append (&buffer, after, strlen (after));
    }
    i += found ? 2 : 1;
  }
  free (text);
  return cosmos_text_buffer_finish (&buffer);
}

/* The entities one after the other, as the script does: &amp;lt; becomes "<". */
static char *read_entities (const char *text)
{
  static const struct {
    const char *name;
    char value;
  } entities[] = {{"&quot;", '"'}, {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
  char *copy = strdup (text);
  for (size_t e = 0; copy && e < sizeof entities / sizeof entities[0]; e++) {
    size_t length = strlen (entities[e].name);
    char *to = copy;
    for (const char *from = copy; *from; to++) {
      bool found = strncmp (from, entities[e].name, length) == 0;
      *to = found ? entities[e].value : *from;
      from += found ? length : 1;
    }
    *to = 0;
  }
  return copy;
}

char *cosmos_cut_13a (const char *text)
{
  CosmosTextBuffer buffer = {0};
  char *plain = read_entities (text);
  cosmos_text_buffer_append (&buffer, " ", 1);
  for (const char *at = plain; plain && *at; at++) {
    char c = *at == '\n' || *at == '\t' || *at == '\r' ? ' ' : *at;
    if (stands_alone (c))
      cosmos_text_buffer_append (&buffer, (char[]) {' ', c, ' '}, 3);
    else
      cosmos_text_buffer_append (&buffer, &c, 1);
  }
  cosmos_text_buffer_append (&buffer, " ", 1);
  char *parted = cosmos_text_buffer_finish (&buffer);
  if (!plain) {
    free (parted);
    return NULL;
  }
  free (plain);
  parted = part_pairs (parted, stop_after_no_digit, "", " ");
  parted = parted ? part_pairs (parted, stop_before_no_digit, " ", "") : NULL;
  return parted ? part_pairs (parted, hyphen_after_digit, "", " ") : NULL;
}

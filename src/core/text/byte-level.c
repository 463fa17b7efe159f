#include "core/text/byte-level.h"

#include "core/text/text.h"

#include <utf8proc.h>

typedef enum { CLASS_LETTER, CLASS_NUMBER, CLASS_SPACE, CLASS_OTHER, CLASS_END } Class;

static Class classify (int32_t point)
{
  if (point < 0x80) {
    if ((point | 0x20) >= 'a' && (point | 0x20) <= 'z')
      return CLASS_LETTER;
    if (point >= '0' && point <= '9')
      return CLASS_NUMBER;
  }
  if (cosmos_text_is_space (point))
    return CLASS_SPACE;
  switch (utf8proc_category (point)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
    return CLASS_LETTER;
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return CLASS_NUMBER;
  default:
    return CLASS_OTHER;
  }
}

/* The class of the character at `at`, and its length. */
static Class class_at (const char *text, size_t length, size_t at, size_t *n)
{
  *n = 0;
  if (at >= length)
    return CLASS_END;
  size_t next = at;
  int32_t point = cosmos_text_next (text, length, &next);
  *n = next - at;
  return classify (point);
}

static size_t contraction_length (const char *text, size_t length)
{
  if (length < 2 || text[0] != '\'')
    return 0;
  char a = text[1], b = length > 2 ? text[2] : 0;
  if (a == 's' || a == 't' || a == 'm' || a == 'd')
    return 2;
  if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'))
    return 3;
  return 0;
}

size_t cosmos_byte_level_next_word (const char *text, size_t length)
{
  size_t at = contraction_length (text, length);
  if (at)
    return at;
  size_t n;
  Class kind = class_at (text, length, 0, &n);
  at = n;
  if (text[0] == ' ') { /* a single space belongs to the word behind it */
    Class next = class_at (text, length, 1, &n);
    if (next != CLASS_SPACE && next != CLASS_END) {
      kind = next;
      at += n;
    }
  }
  size_t last = 0; /* where the last character begins */
  Class next;
  while ((next = class_at (text, length, at, &n)) == kind) {
    last = at;
    at += n;
  }
  /* White space before a word leaves its last character to the word (or to stand alone). */
  if (kind == CLASS_SPACE && next != CLASS_END && last > 0)
    return last;
  return at;
}

size_t cosmos_byte_level_next_number_split (const char *text, size_t length)
{
  size_t at = 0, n;
  for (Class kind; (kind = class_at (text, length, at, &n)) != CLASS_END; at += n) {
    if (kind == CLASS_NUMBER)
      return at > 0 ? at : n;
  }
  return at;
}

int32_t cosmos_byte_level_to_point (unsigned char byte)
{
  /* Bytes that are visible in Latin-1 stand for themselves, the others follow from U+0100 on. */
  if (byte <= 0x20)
    return 0x100 + byte;
  if (byte >= 0x7f && byte <= 0xa0)
    return 0x121 + (byte - 0x7f);
  return byte == 0xad ? 0x143 : byte;
}

int cosmos_byte_level_from_point (int32_t point)
{
  if (point < 0 || point > 0x143)
    return -1;
  if (point >= 0x121)
    return point == 0x143 ? 0xad : point - 0x121 + 0x7f;
  if (point >= 0x100)
    return point - 0x100;
  return cosmos_byte_level_to_point ((unsigned char) point) == point ? point : -1;
}

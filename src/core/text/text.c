#include "core/text/text.h"

#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

bool cosmos_text_check (const char *text, size_t length, CosmosError *err)
{
  if (length > COSMOS_TEXT_MAX_SIZE)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The text has %zu bytes; at most %d are possible: cut it", length,
                             COSMOS_TEXT_MAX_SIZE);
  size_t offset;
  if (!cosmos_utf8_is_valid (text, length, &offset))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "The text is not UTF-8 at byte %zu (0x%02x): save it as UTF-8", offset,
                             (unsigned char) text[offset]);
  const char *zero = length ? memchr (text, 0, length) : NULL;
  if (zero)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "The text has a zero byte at %zu, so it is no plain text or in another encoding (UTF-16?): "
                             "save it as UTF-8",
                             (size_t) (zero - text));
  return true;
}

int32_t cosmos_text_next (const char *text, size_t length, size_t *at)
{
  utf8proc_int32_t point = (unsigned char) text[*at];
  utf8proc_ssize_t n = 1;
  if (point >= 0x80) {
    size_t left = length - *at < 4 ? length - *at : 4; /* four bytes decide, and the rest need not fit a signed length */
    n = utf8proc_iterate ((const utf8proc_uint8_t *) text + *at, (utf8proc_ssize_t) left, &point);
  }
  if (n < 1) {
    ++*at;
    return 0xfffd;
  }
  *at += (size_t) n;
  return point;
}

bool cosmos_text_is_space (int32_t point)
{
  if (point < 0x80)
    return point == ' ' || (point >= 9 && point <= 13);
  return point == 0x85 || point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028
         || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

static int combining_class (int32_t point)
{
  return point < 0x300 ? 0 : utf8proc_get_property (point)->combining_class;
}

/* Stable sort of a run of marks by combining class, by counting: a text of nothing but marks must not take for ever. */
static bool sort_marks (int32_t *points, size_t n)
{
  size_t start[257] = {0};
  bool sorted = true;
  int last = 0;
  for (size_t i = 0; i < n; i++) {
    int order = combining_class (points[i]);
    sorted = sorted && order >= last;
    last = order;
    start[order + 1]++;
  }
  if (sorted)
    return true;
  int32_t *copy = malloc (n * sizeof *copy);
  if (!copy)
    return false;
  memcpy (copy, points, n * sizeof *copy);
  for (int order = 0; order < 256; order++)
    start[order + 1] += start[order];
  for (size_t i = 0; i < n; i++)
    points[start[combining_class (copy[i])]++] = copy[i];
  free (copy);
  return true;
}

static bool sort_all_marks (int32_t *points, size_t n)
{
  for (size_t i = 0; i < n;) {
    if (combining_class (points[i]) == 0) {
      i++;
      continue;
    }
    size_t end = i + 1;
    while (end < n && combining_class (points[end]) != 0)
      end++;
    if (!sort_marks (points + i, end - i))
      return false;
    i = end;
  }
  return true;
}

bool cosmos_text_decompose (int32_t **points, size_t *n)
{
  enum { LONGEST = 8 }; /* points of one canonical decomposition; Unicode has 4 at most */
  size_t capacity = *n + LONGEST, length = 0;
  int32_t *out = malloc (capacity * sizeof *out);
  if (!out)
    return false;
  for (size_t i = 0; i < *n; i++) {
    if (capacity - length < LONGEST) {
      capacity += capacity / 2 + LONGEST;
      int32_t *grown = realloc (out, capacity * sizeof *out);
      if (!grown) {
        free (out);
        return false;
      }
      out = grown;
    }
    int boundary = 0;
    utf8proc_ssize_t got = utf8proc_decompose_char ((*points)[i], out + length, LONGEST, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE,
                                                    &boundary);
    if (got < 0 || got > LONGEST) { /* no character of Unicode: keep it */
      out[length] = (*points)[i];
      got = 1;
    }
    length += (size_t) got;
  }
  if (!sort_all_marks (out, length)) {
    free (out);
    return false;
  }
  free (*points);
  *points = out;
  *n = length;
  return true;
}

/* Dropped by clean: controls (also those of the writing direction), and characters of no width that are no part of a word. */
static bool is_invisible (int32_t point)
{
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0x61c || point == 0x180e || point == 0x200b
         || point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f)
         || point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb) || point == 0xfffe || point == 0xffff;
}

/* What stands for a typographic character in the data, or NULL. */
static const char *plain_form (int32_t point)
{
  switch (point) {
  case 0x2018:
  case 0x2019:
  case 0x201a:
  case 0x201b:
    return "'";
  case 0x201c:
  case 0x201d:
  case 0x201e:
  case 0x201f:
    return "\"";
  case 0x2010:
  case 0x2011:
  case 0x2012:
  case 0x2013:
  case 0x2212:
    return "-";
  case 0x2014:
  case 0x2015: /* the data set these off with spaces */
    return " - ";
  case 0x2026:
    return "...";
  default:
    return NULL;
  }
}

typedef struct {
  int32_t *points;
  size_t n;
  bool space; /* one is due before the next point */
} Cleaned;

static void put (Cleaned *self, int32_t point)
{
  if (point == ' ') {
    self->space = true;
    return;
  }
  if (self->space && self->n)
    self->points[self->n++] = ' ';
  self->space = false;
  self->points[self->n++] = point;
}

/* The points of the cleaned text before normalising; *n: how many. */
static int32_t *clean_points (const char *text, size_t length, size_t *n)
{
  /* A point a byte at most: dash and dots have 3. */
  Cleaned cleaned = {.points = malloc ((length + 1) * sizeof *cleaned.points)};
  for (size_t at = 0; at < length && cleaned.points;) {
    int32_t point = cosmos_text_next (text, length, &at);
    const char *plain = plain_form (point);
    if (cosmos_text_is_space (point))
      put (&cleaned, ' ');
    else if (plain)
      for (; *plain; plain++)
        put (&cleaned, *plain);
    else if (!is_invisible (point))
      put (&cleaned, point);
  }
  *n = cleaned.n;
  return cleaned.points;
}

char *cosmos_text_clean (const char *text, size_t length, CosmosError *err)
{
  if (!cosmos_text_check (text, length, err))
    return NULL;
  size_t n;
  int32_t *points = clean_points (text, length, &n);
  char *cleaned = NULL;
  if (points && cosmos_text_decompose (&points, &n)) {
    utf8proc_ssize_t composed = utf8proc_normalize_utf32 (points, (utf8proc_ssize_t) n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    CosmosTextBuffer buffer = {0};
    for (utf8proc_ssize_t i = 0; i < composed; i++)
      cosmos_text_buffer_append_point (&buffer, points[i]);
    cleaned = cosmos_text_buffer_finish (&buffer);
  }
  free (points);
  if (!cleaned)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a text of %zu bytes", length);
  return cleaned;
}

size_t cosmos_text_find_first_sentence (const char *text, size_t length)
{
  for (size_t i = 0; i + 1 < length; i++)
    if (text[i] && strchr (".!?", text[i]) && text[i + 1] == ' ')
      return i + 1;
  return length;
}

size_t cosmos_text_cut (const char *text, size_t length, size_t max_bytes)
{
  if (length <= max_bytes)
    return length;
  size_t point_start = 0, character = 0, word = 0;
  int32_t last = 0;
  utf8proc_int32_t state = 0;
  for (size_t at = 0; at <= max_bytes;) {
    point_start = at;
    int32_t point = cosmos_text_next (text, length, &at);
    if (point_start > 0 && utf8proc_grapheme_break_stateful (last, point, &state)) {
      character = point_start;
      if (cosmos_text_is_space (point) && !cosmos_text_is_space (last))
        word = point_start;
    }
    last = point;
  }
  if (character == 0) /* a character with more marks than there is room for */
    return point_start;
  return word > 0 && word >= max_bytes / 2 ? word : character;
}

/* Length of what at starts with that is no character: the longest beginning of one, at least a byte. */
static size_t bad_length (const unsigned char *at, size_t left)
{
  unsigned first = at[0];
  size_t wanted = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 1;
  size_t n = 1;
  for (; n < wanted && n < left; n++) {
    unsigned low = 0x80, high = 0xbf;
    if (n == 1) { /* over-long forms, surrogates, beyond U+10FFFF */
      low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : low;
      high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : high;
    }
    if (at[n] < low || at[n] > high)
      break;
  }
  return n;
}

char *cosmos_text_from_bytes (const char *bytes, size_t length)
{
  CosmosTextBuffer buffer = {0};
  size_t start = 0; /* of what is good and not copied yet */
  for (size_t at = 0; at < length;) {
    size_t next = at;
    int32_t point = cosmos_text_next (bytes, length, &next);
    if (point == 0 || (point == 0xfffd && next - at == 1)) {
      cosmos_text_buffer_append (&buffer, bytes + start, at - start);
      cosmos_text_buffer_append_point (&buffer, 0xfffd);
      next = start = at + bad_length ((const unsigned char *) bytes + at, length - at);
    }
    at = next;
  }
  cosmos_text_buffer_append (&buffer, bytes + start, length - start);
  return cosmos_text_buffer_finish (&buffer);
}

/* In place: to is no longer than from. Returns the new length. */
static size_t replace_all (char *text, size_t length, const char *from, const char *to)
{
  size_t from_length = strlen (from), to_length = strlen (to);
  const char *at = text, *end = text + length;
  char *out = text;
  while (at < end) {
    const char *hit = memchr (at, from[0], (size_t) (end - at));
    size_t before = (size_t) ((hit ? hit : end) - at);
    out = memmove (out, at, before) + before;
    at += before;
    if ((size_t) (end - at) >= from_length && memcmp (at, from, from_length) == 0) {
      out = mempcpy (out, to, to_length);
      at += from_length;
    } else if (at < end) {
      *out++ = *at++;
    }
  }
  *out = 0;
  return (size_t) (out - text);
}

void cosmos_text_tidy_spaces (char *text)
{
  static const char *const rules[][2] = {
    {" .", "."},     {" ?", "?"},   {" !", "!"},   {" ,", ","},     {" ' ", "'"},
    {" n't", "n't"}, {" 'm", "'m"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
  };
  size_t length = strlen (text);
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    length = replace_all (text, length, rules[i][0], rules[i][1]);
}

void cosmos_text_buffer_append (CosmosTextBuffer *self, const char *data, size_t length)
{
  if (self->failed || length == 0)
    return;
  if (self->capacity - self->length < length) {
    size_t capacity = self->capacity + self->capacity / 2 + length + 64;
    char *grown = capacity > self->length ? realloc (self->data, capacity) : NULL;
    if (!grown) {
      self->failed = true;
      return;
    }
    self->data = grown;
    self->capacity = capacity;
  }
  memcpy (self->data + self->length, data, length);
  self->length += length;
}

void cosmos_text_buffer_append_point (CosmosTextBuffer *self, int32_t point)
{
  utf8proc_uint8_t bytes[4];
  utf8proc_ssize_t n = utf8proc_encode_char (point, bytes);
  cosmos_text_buffer_append (self, (const char *) bytes, (size_t) n);
}

char *cosmos_text_buffer_finish (CosmosTextBuffer *self)
{
  cosmos_text_buffer_append (self, "", 1);
  char *data = self->data;
  if (self->failed) {
    free (data);
    data = NULL;
  }
  *self = (CosmosTextBuffer) {0};
  return data;
}

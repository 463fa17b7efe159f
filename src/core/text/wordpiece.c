#include "core/text/wordpiece.h"

#include "core/text/text.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

enum { MAX_WORD_BYTES = COSMOS_WORDPIECE_MAX_CHARACTERS * 4 };

/* A word on its way to pieces. Two bytes before the text are kept free for a "##". */
typedef struct {
  char bytes[2 + MAX_WORD_BYTES];
  uint16_t ends[COSMOS_WORDPIECE_MAX_CHARACTERS]; /* of the characters, counted from the word's first byte */
  size_t n_characters;
} Word;

typedef struct {
  const CosmosVocabulary *vocabulary;
  int unknown;
  CosmosIds *ids;
  Word word;
} Encoder;

static bool is_ideograph (int32_t point)
{
  return (point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf) || (point >= 0x20000 && point <= 0x2a6df)
         || (point >= 0x2a700 && point <= 0x2b73f) || (point >= 0x2b740 && point <= 0x2b81f)
         || (point >= 0x2b820 && point <= 0x2ceaf) || (point >= 0xf900 && point <= 0xfaff)
         || (point >= 0x2f800 && point <= 0x2fa1f);
}

static bool is_dropped (int32_t point)
{
  if (point == '\t' || point == '\n' || point == '\r')
    return false;
  if (point == 0xfffd)
    return true;
  switch (utf8proc_category (point)) {
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_CO:
    return true;
  default:
    return false;
  }
}

/* All ASCII that is neither letter nor digit counts, also the symbols. */
static bool is_punctuation (int32_t point)
{
  if (point < 0x80)
    return (point > ' ' && point < '0') || (point > '9' && point < 'A') || (point > 'Z' && point < 'a')
           || (point > 'z' && point < 0x7f);
  switch (utf8proc_category (point)) {
  case UTF8PROC_CATEGORY_PC:
  case UTF8PROC_CATEGORY_PD:
  case UTF8PROC_CATEGORY_PS:
  case UTF8PROC_CATEGORY_PE:
  case UTF8PROC_CATEGORY_PI:
  case UTF8PROC_CATEGORY_PF:
  case UTF8PROC_CATEGORY_PO:
    return true;
  default:
    return false;
  }
}

/* The longest piece that begins at character `first`, or -1; *next: the character behind it. */
static int find_piece (const CosmosVocabulary *vocabulary, Word *word, size_t first, size_t *next)
{
  size_t start = first ? word->ends[first - 1] : 0;
  char *piece = word->bytes + 2 + start;
  size_t prefix = first ? 2 : 0;
  memcpy (piece - prefix, "##", prefix); /* over what was used up already */
  for (size_t last = word->n_characters; last > first; last--) {
    int id = cosmos_vocabulary_find (vocabulary, piece - prefix, word->ends[last - 1] - start + prefix);
    if (id >= 0) {
      *next = last;
      return id;
    }
  }
  return -1;
}

static void finish_word (Encoder *self)
{
  Word *word = &self->word;
  size_t n = word->n_characters;
  if (n > 0) {
    int32_t pieces[COSMOS_WORDPIECE_MAX_CHARACTERS];
    size_t n_pieces = 0;
    int id = n > COSMOS_WORDPIECE_MAX_CHARACTERS ? -1 : 0;
    for (size_t at = 0; id >= 0 && at < n;) {
      id = find_piece (self->vocabulary, word, at, &at);
      pieces[n_pieces++] = id;
    }
    for (size_t i = 0; id >= 0 && i < n_pieces; i++)
      cosmos_ids_push (self->ids, pieces[i]);
    if (id < 0) /* not a piece of it may stand then */
      cosmos_ids_push (self->ids, self->unknown);
  }
  word->n_characters = 0;
}

static void add_character (Word *word, int32_t point)
{
  size_t n = word->n_characters++;
  if (n >= COSMOS_WORDPIECE_MAX_CHARACTERS)
    return; /* only counted: the word is unknown */
  size_t start = n ? word->ends[n - 1] : 0;
  word->ends[n] = (uint16_t) (start + (size_t) utf8proc_encode_char (point, (utf8proc_uint8_t *) word->bytes + 2 + start));
}

/* Clean text: controls dropped, white space as spaces, spaces around ideographs. *n: characters. */
static int32_t *read_characters (const char *text, size_t length, size_t *n)
{
  /* Three for an ideograph, which has three bytes or four. */
  int32_t *points = malloc ((length + 1) * sizeof *points);
  if (!points)
    return NULL;
  *n = 0;
  for (size_t at = 0; at < length;) {
    int32_t point = cosmos_text_next (text, length, &at);
    if (is_dropped (point))
      continue;
    if (cosmos_text_is_space (point))
      point = ' ';
    bool ideograph = is_ideograph (point);
    if (ideograph)
      points[(*n)++] = ' ';
    points[(*n)++] = point;
    if (ideograph)
      points[(*n)++] = ' ';
  }
  return points;
}

static void lower (int32_t *points, size_t *n)
{
  size_t kept = 0;
  for (size_t i = 0; i < *n; i++) {
    if (points[i] < 0x300 || utf8proc_category (points[i]) != UTF8PROC_CATEGORY_MN)
      points[kept++] = utf8proc_tolower (points[i]);
  }
  *n = kept;
}

bool cosmos_wordpiece_encode (const CosmosVocabulary *vocabulary, bool lower_case, int unknown, const char *text, size_t length,
                              CosmosIds *ids)
{
  size_t n;
  int32_t *points = read_characters (text, length, &n);
  if (!points || (lower_case && !cosmos_text_decompose (&points, &n))) {
    free (points);
    return false;
  }
  if (lower_case)
    lower (points, &n);
  Encoder encoder = {.vocabulary = vocabulary, .unknown = unknown, .ids = ids};
  for (size_t i = 0; i < n; i++) {
    bool alone = is_punctuation (points[i]);
    if (alone || points[i] == ' ')
      finish_word (&encoder);
    if (points[i] != ' ')
      add_character (&encoder.word, points[i]);
    if (alone)
      finish_word (&encoder);
  }
  finish_word (&encoder);
  free (points);
  return true;
}

char *cosmos_wordpiece_join (const CosmosGgufString *tokens, size_t n)
{
  CosmosTextBuffer buffer = {0};
  for (size_t i = 0; i < n; i++) {
    CosmosGgufString token = tokens[i];
    if (i > 0 && token.length >= 2 && memcmp (token.data, "##", 2) == 0)
      token = (CosmosGgufString) {token.data + 2, token.length - 2};
    else if (i > 0)
      cosmos_text_buffer_append (&buffer, " ", 1);
    cosmos_text_buffer_append (&buffer, token.data, token.length);
  }
  char *text = cosmos_text_buffer_finish (&buffer);
  if (text)
    cosmos_text_tidy_spaces (text);
  return text;
}
